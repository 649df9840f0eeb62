import { lazy, Suspense } from 'react'
import type { EditorProps } from './CodeMirrorEditor'

const Loaded = lazy(() => import('./CodeMirrorEditor'))

/** What a line takes in the editor, and what is above and below all of them, in pixels. */
const LINE = 18.2
const AROUND = 10
/** As high as it gets: from there on it scrolls. */
const MOST = 460

/** An editor whose parts are loaded when the first one is shown; its place is kept meanwhile. */
export function CodeEditor(props: EditorProps) {
  const written = Math.min(props.value.split('\n').length * LINE + AROUND, MOST)
  return (
    <Suspense
      fallback={<div className="code-editor" style={{ minHeight: Math.max(props.minHeight ?? 120, written) }} />}
    >
      <Loaded {...props} />
    </Suspense>
  )
}
