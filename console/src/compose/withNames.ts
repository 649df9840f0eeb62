type Data = Record<string, unknown>

/** Adds what is missing, each with its own name as the value, dotted names as nested objects; what is there stays. */
export function withNames(text: string, names: readonly string[]): Data {
  let data: Data = {}
  try {
    data = JSON.parse(text) as Data
  } catch {
    // Half-typed JSON can't be added to.
  }
  for (const name of names) {
    const path = name.split('.')
    const last = path.pop() as string
    let at = data
    for (const part of path) {
      const next = at[part]
      at[part] = typeof next === 'object' && next !== null ? next : {}
      at = at[part] as Data
    }
    at[last] ??= last
  }
  return data
}
