import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useEffectEvent, useRef } from 'react'
import { liquidTemplate } from './liquid'
import { colours } from './theme'
import './editor.css'

export interface Problem {
  /** 1 is the first. */
  line: number
  column: number
  message: string
}

export interface EditorProps {
  language: 'json' | 'liquid'
  label: string
  value: string
  onChange?: ((value: string) => void) | undefined
  problems?: readonly Problem[]
  readOnly?: boolean
  minHeight?: number
}

const LANGUAGES: Record<EditorProps['language'], () => Extension> = {
  json: () => [json(), linter((view) => (view.state.doc.toString().trim() === '' ? [] : jsonParseLinter()(view)))],
  liquid: liquidTemplate,
}

const NO_PROBLEMS: readonly Problem[] = []

export default function CodeMirrorEditor(props: EditorProps) {
  const { language, label, value, onChange, problems = NO_PROBLEMS, readOnly = false, minHeight = 120 } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useEffectEvent((text: string) => onChange?.(text))
  const first = useRef(value)

  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          // Tab stays what it is in a form: the way to the next field.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
          colours,
          LANGUAGES[language](),
        ],
      }),
    })
    view.current = made
    return () => {
      first.current = made.state.doc.toString()
      made.destroy()
    }
  }, [language, label, readOnly])

  // A value from outside (another version, a sample) replaces the text; one that came from here changes nothing.
  useEffect(() => {
    const shown = view.current
    if (!shown || shown.state.doc.toString() === value) return
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const shown = view.current
    if (shown)
      shown.dispatch(
        setDiagnostics(
          shown.state,
          problems.map((problem) => diagnostic(shown.state, problem)),
        ),
      )
  }, [problems])

  return <div ref={place} className="code-editor" style={{ minHeight }} />
}

function diagnostic(state: EditorState, { line, column, message }: Problem): Diagnostic {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines))
  const from = Math.min(found.from + Math.max(column - 1, 0), found.to)
  return { from, to: Math.max(found.to, from), severity: 'error', message }
}
