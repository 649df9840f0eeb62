/** What the server says about channels, by type and path. It says it in English: there is nothing to add here. */
export interface Described {
  types: Record<string, string>
  titles: Record<string, Record<string, string>>
  helps: Record<string, Record<string, string>>
}

const nothing: Described = { types: {}, titles: {}, helps: {} }

export const described = { described: nothing }
