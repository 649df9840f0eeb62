import { fileURLToPath } from 'node:url'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API is while developing; the built console always talks to the origin that served it. */
const api = process.env.POSTHORN_URL ?? 'http://127.0.0.1:8080'

const proxy = {
  '/graphql': { target: api, ws: true },
  '/graphiql': { target: api },
  '/api/v1': { target: api },
  '/schema.graphql': { target: api },
}

export default defineConfig({
  root: 'src',
  publicDir: '../public',
  plugins: [
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      routesDirectory: 'routes',
      generatedRouteTree: 'routeTree.gen.ts',
      quoteStyle: 'single',
      routeFileIgnorePattern: '\\.css$',
    }),
    react(),
  ],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy },
  preview: {
    proxy,
    // What the server sends with the console, so that trying the build here shows what breaks there.
    headers: {
      'Content-Security-Policy': "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'",
    },
  },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    // An inlined asset would be a data: address, which the Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What every page needs travels together; the rest is split by route.
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack[\\/](?!.*virtual)|i18next|react-i18next|graphql-ws|valibot)[\\/]?/,
              priority: 2,
            },
            { name: 'charts', test: /node_modules[\\/](echarts|zrender|tslib)[\\/]/, priority: 2 },
            // A chunk for each pair of pages that share something would be dozens of small ones, which compress badly.
            { name: 'common', minShareCount: 12, priority: 1 },
          ],
        },
      },
    },
  },
})
