import { liquid } from '@codemirror/lang-liquid'
import type { Extension } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'

/** `${name}` and `${a.b}`: Posthorn's short form of an output, which the Liquid grammar does not know. */
const short = new MatchDecorator({
  regexp: /\$\{[\w.]+\}/g,
  decoration: Decoration.mark({ class: 'cm-short-output' }),
})

const shortOutputs = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = short.createDeco(view)
    }
    update(update: ViewUpdate) {
      this.decorations = short.updateDeco(update, this.decorations)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

export const liquidTemplate = (): Extension => [liquid(), shortOutputs]
