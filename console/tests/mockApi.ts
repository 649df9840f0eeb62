import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type GraphQLError,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { vi } from 'vitest'
import type { TypedDocumentString } from '~/gql/graphql'

const schema = buildSchema(readFileSync('../schema.graphql', 'utf8'))

type Handler = (variables: unknown) => unknown

/** A refusal with a stable code, as the server answers it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message = code,
  ) {
    super(message)
  }
}

/**
 * Plays the server: each operation is answered by a function whose argument and result are typed by the document.
 * Every request is also checked against the schema, document and variables alike.
 */
export function mockApi() {
  const handlers = new Map<string, Handler>()
  let fallback: Handler | undefined
  const calls: { operation: string; variables: unknown; key: string | null }[] = []

  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (url !== '/graphql') throw new Error(`request to ${url}`)
    const { query, variables } = JSON.parse(String(init.body)) as { query: string; variables: Record<string, unknown> }
    const operation = checked(query, variables)
    calls.push({ operation, variables, key: new Headers(init.headers).get('Authorization') })
    const handler = handlers.get(operation) ?? fallback
    if (!handler) throw new Error(`no answer for ${operation}`)
    return Response.json(answer(() => handler(variables)))
  })

  return {
    calls,
    on<Result, Variables>(document: TypedDocumentString<Result, Variables>, handler: (variables: Variables) => Result) {
      handlers.set(nameOf(document.toString()), handler as Handler)
      return this
    },
    /** Answers what has no answer of its own. */
    otherwise(handler: Handler) {
      fallback = handler
      return this
    },
    callsOf(document: { toString(): string }) {
      return calls.filter(({ operation }) => operation === nameOf(document.toString()))
    },
  }
}

const operationOf = (query: string) =>
  parse(query).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode

const nameOf = (query: string) => operationOf(query).name?.value ?? ''

function checked(query: string, variables: Record<string, unknown>): string {
  const wrong = validate(schema, parse(query))
  const { errors = [] } = getVariableValues(schema, operationOf(query).variableDefinitions ?? [], variables) as {
    errors?: readonly GraphQLError[]
  }
  const first = [...wrong, ...errors][0]
  if (first) throw first
  return nameOf(query)
}

function answer(make: () => unknown): object {
  try {
    return { data: make() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { data: null, errors: [{ message: error.message, extensions: { code: error.code } }] }
  }
}
