import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'

/** Colours by custom properties, so that light and dark need no second editor. */
export const colours: Extension = syntaxHighlighting(
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
