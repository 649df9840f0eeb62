import { createFileRoute } from '@tanstack/react-router'
import { NotFound } from '~/components/NotFound'

/** Every address that is no page, within the frame of the others. */
export const Route = createFileRoute('/_app/$')({ component: NotFound })
