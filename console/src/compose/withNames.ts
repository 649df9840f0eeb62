/** Of an object or a list. */
type Node = Record<string | number, unknown>

/** `order.items[0].name` part by part. */
const pathOf = (name: string): (string | number)[] =>
  [...name.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)))

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Adds what is missing, each with its own name as the value, dotted names as nested objects; what is there stays. */
export function withNames(text: string, names: readonly string[]): Record<string, unknown> {
  let data: Record<string, unknown> = {}
  try {
    data = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Half-typed JSON can't be added to.
  }
  for (const name of names) {
    const path = pathOf(name)
    let at: Node = data
    for (const [depth, part] of path.entries()) {
      const below = path[depth + 1]
      const next = at[part]
      if (below === undefined) at[part] ??= path.findLast((one) => typeof one === 'string')
      else if (isNode(next)) at = next
      else {
        const made: Node = typeof below === 'number' ? ([] as unknown as Node) : {}
        at[part] = made
        at = made
      }
    }
  }
  return data
}

/** Whether the data has something of this name. What lists and texts know of themselves, such as their size, they have. */
export function hasName(data: unknown, name: string): boolean {
  let at = data
  for (const part of pathOf(name)) {
    if (!isNode(at)) return typeof at === 'string' && part === 'size'
    if (Array.isArray(at) && typeof part === 'string') return ['size', 'first', 'last'].includes(part)
    at = at[part]
  }
  return at !== undefined
}
