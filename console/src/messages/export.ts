import { ApiError } from '~/api/errors'
import type { MessageFilter } from '~/gql/graphql'
import { session } from '~/session/session'

export const FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof FORMATS)[number]

/** So many rows has a file at most: the newest. */
export const MOST_ROWS = 100_000

const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The filter of the list as the parameters of the export. */
export function exportAddress(filter: MessageFilter, format: ExportFormat): string {
  const parameters = new URLSearchParams({ format })
  for (const [name, value] of Object.entries(filter)) {
    if (value == null) continue
    parameters.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  return `/api/v1/messages/export?${parameters}`
}

interface Refusal {
  errorCode?: string
  errorMessage?: string
}

/** The file as it comes. The key goes into a header, so that it stands in no address: a plain link can't do that. */
export async function fetchExport(address: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const key = session.key()
  const response = await fetch(address, { headers: key ? { Authorization: `Bearer ${key}` } : {}, signal }).catch(
    (error: unknown) => {
      if (signal.aborted) throw error
      throw new ApiError('OFFLINE', 'the server does not answer')
    },
  )
  if (response.ok && response.body) return response.body
  if (response.status === 401) {
    session.expire()
    throw new ApiError('UNAUTHENTICATED', 'the key is not valid')
  }
  const { errorCode, errorMessage } = await response.json().then(
    (answer) => answer as Refusal,
    (): Refusal => ({}),
  )
  const requestId = response.headers.get('x-request-id') ?? undefined
  throw new ApiError(errorCode ?? 'UNAVAILABLE', errorMessage ?? `HTTP ${response.status}`, requestId)
}

/** Where a file goes: told before the first byte is asked for, because browsers ask people only upon a click. */
export interface Target {
  /** Takes the whole stream; what was begun is let go where it breaks off. */
  save: (stream: ReadableStream<Uint8Array>, signal: AbortSignal) => Promise<void>
}

interface SaveFilePicker {
  showSaveFilePicker?: (options: object) => Promise<{ createWritable: () => Promise<WritableStream<Uint8Array>> }>
}

/** A file that the reader names, written as it comes; or, where the browser has no such thing, a download. */
export async function chooseTarget(name: string, format: ExportFormat): Promise<Target | undefined> {
  const { showSaveFilePicker } = window as SaveFilePicker
  if (!showSaveFilePicker) return { save: (stream) => download(stream, name, TYPES[format]) }
  try {
    const types = [{ accept: { [TYPES[format]]: [`.${format}`] } }]
    const file = await showSaveFilePicker.call(window, { suggestedName: name, types })
    return { save: async (stream, signal) => stream.pipeTo(await file.createWritable(), { signal }) }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}

async function download(stream: ReadableStream<Uint8Array>, name: string, type: string): Promise<void> {
  // A transfer that breaks off throws here: nobody is handed a part for the whole.
  const content = await new Response(stream).blob()
  const address = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken hold of it by the end of this task.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}

/** Counts what flows by, in bytes. */
export function counting(onBytes: (sum: number) => void): TransformStream<Uint8Array, Uint8Array> {
  let sum = 0
  return new TransformStream({
    transform: (chunk, controller) => {
      sum += chunk.byteLength
      onBytes(sum)
      controller.enqueue(chunk)
    },
  })
}
