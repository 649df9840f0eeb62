import { lazy, Suspense } from 'react'
import type { EditorProps } from './CodeMirrorEditor'

const Loaded = lazy(() => import('./CodeMirrorEditor'))

/** An editor whose parts are loaded when the first one is shown; its place is kept meanwhile. */
export function CodeEditor(props: EditorProps) {
  return (
    <Suspense fallback={<div className="code-editor" style={{ minHeight: props.minHeight ?? 120 }} />}>
      <Loaded {...props} />
    </Suspense>
  )
}
