import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { liquidTemplate } from '~/editor/liquid'
import { colours } from '~/editor/theme'
import '~/editor/editor.css'

/** What changed from one text to the other: removed lines above added ones. */
export default function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  // CodeMirror puts the number in the place of the sign.
  const unchanged = t('templates.unchanged', { lines: '$' })
  useEffect(() => {
    if (!place.current) return
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          EditorView.lineWrapping,
          EditorState.readOnly.of(true),
          EditorState.phrases.of({ '$ unchanged lines': unchanged }),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          colours,
          liquidTemplate(),
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 2, minSize: 6 } }),
        ],
      }),
    })
    return () => view.destroy()
  }, [before, after, label, unchanged])
  return <div ref={place} className="code-editor" style={{ border: 0, borderRadius: 0 }} />
}
