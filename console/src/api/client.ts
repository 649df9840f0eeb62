import type { TypedDocumentString } from '~/gql/graphql'
import { session } from '~/session/session'
import { ApiError, fromProblems, type GraphQLProblem } from './errors'

interface Answer<Result> {
  data?: Result | null
  errors?: GraphQLProblem[]
}

/** One operation by HTTP with the session's key, or with the given one before there is a session. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { signal, key = session.key() }: { signal?: AbortSignal; key?: string | undefined } = {},
): Promise<Result> {
  const response = await post({ query: document.toString(), variables }, key, signal)
  const requestId = response.headers.get('x-request-id') ?? undefined
  const answer = await read<Result>(response, requestId)
  if (answer.errors?.length) {
    const error = fromProblems(answer.errors, requestId)
    // A key that was revoked or has expired ends the session wherever one is.
    if (error.code === 'UNAUTHENTICATED' && key === session.key()) session.expire()
    throw error
  }
  if (answer.data == null) throw new ApiError('INTERNAL', 'the answer holds no data', requestId)
  return answer.data
}

async function post(body: object, key: string | undefined, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch('/graphql', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json',
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
      },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('OFFLINE', 'the server does not answer')
  }
}

async function read<Result>(response: Response, requestId: string | undefined): Promise<Answer<Result>> {
  try {
    return (await response.json()) as Answer<Result>
  } catch {
    throw new ApiError('UNAVAILABLE', `HTTP ${response.status}`, requestId)
  }
}
