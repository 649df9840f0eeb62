/** A request that the server refused as a whole. `code` is stable and has a text in every language. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  /** Names the request in the server's log. */
  readonly requestId: string | undefined

  constructor(code: string, message: string, requestId?: string) {
    super(message)
    this.code = code
    this.requestId = requestId
  }
}

/** The shape of one entry of a GraphQL answer's `errors`. */
export interface GraphQLProblem {
  message: string
  extensions?: { code?: string; requestId?: string } | undefined
}

export function fromProblems(problems: readonly GraphQLProblem[], requestId?: string): ApiError {
  const first = problems[0]
  return new ApiError(
    first?.extensions?.code ?? 'INTERNAL',
    first?.message ?? 'no answer',
    first?.extensions?.requestId ?? requestId,
  )
}

/** Trying again helps where the server was out of reach, never where it has answered. */
export const isPassing = (error: unknown) =>
  error instanceof ApiError && ['OFFLINE', 'UNAVAILABLE'].includes(error.code)
