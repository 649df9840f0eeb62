import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { hangUp } from '~/api/live'
import { startI18n } from '~/i18n'
import { session } from '~/session/session'
import { ThemeProvider } from '~/theme/ThemeProvider'
import { makeQueryClient, makeRouter } from './router'
import './theme/app.css'
import './theme/parts.css'
import './theme/narrow.css'

const queryClient = makeQueryClient()
const router = makeRouter(queryClient)

// Nothing of one session may be seen in the next.
session.subscribe(() => {
  hangUp()
  queryClient.clear()
  void router.invalidate()
})

await startI18n()

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <ThemeProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  </StrictMode>,
)
