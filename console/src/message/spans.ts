export interface Span {
  ms: number
  /** So many steps on display took it together. */
  steps: number
}

interface Step {
  stage: string
  durationMs?: number | null
}

/** What is no handler's verdict, and is timed by itself if at all. */
const SINGLE = ['ATTEMPT', 'RECEIPT', 'STATUS', 'OPERATOR']

/**
 * How long steps took, by the place of the step that says so. A handler is timed as a whole, and the last of its verdicts
 * has its time: the first that is on display says it for all of them, also where the last is not.
 */
export function spansOf<One extends Step>(
  steps: readonly One[],
  isShown: (step: One) => boolean,
): ReadonlyMap<number, Span> {
  const spans = new Map<number, Span>()
  let group: number[] = []
  steps.forEach((step, place) => {
    const { stage, durationMs } = step
    if (stage !== steps[place - 1]?.stage || SINGLE.includes(stage)) group = []
    if (isShown(step)) group.push(place)
    if (durationMs == null) return
    const [first] = group
    if (first !== undefined) spans.set(first, { ms: durationMs, steps: group.length })
    group = []
  })
  return spans
}
