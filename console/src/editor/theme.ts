import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours by custom properties, so that light and dark need no second editor. */
const highlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.variableName], color: 'var(--code-name)' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-value)' },
    {
      tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.processingInstruction],
      color: 'var(--code-keyword)',
    },
    { tag: [tags.brace, tags.punctuation, tags.separator], color: 'var(--text-2)' },
    { tag: tags.comment, color: 'var(--text-2)', fontStyle: 'italic' },
    { tag: tags.heading, fontWeight: '600' },
    { tag: tags.strong, fontWeight: '600' },
    { tag: tags.link, textDecoration: 'underline' },
  ]),
)

/** CodeMirror draws its marks with data: pictures, which the Content-Security-Policy refuses: ours are text. */
const marks = EditorView.theme({
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-lint-marker-error': { content: '"✕"', color: 'var(--bad)', fontWeight: '700', textAlign: 'center' },
})

export const colours: Extension = [highlighting, marks]
