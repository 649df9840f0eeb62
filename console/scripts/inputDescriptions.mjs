// A code generator's plugin: what the schema says about the fields of inputs that people fill in, for the forms' help.
import { isInputObjectType } from 'graphql'

export function plugin(schema, _documents, { inputs }) {
  const described = Object.fromEntries(
    inputs.map((name) => {
      const type = schema.getType(name)
      if (!isInputObjectType(type)) throw new Error(`${name} is no input of the schema`)
      const fields = Object.values(type.getFields())
      return [name, Object.fromEntries(fields.map(({ name, description }) => [name, description ?? '']))]
    }),
  )
  return [
    '/** What the schema says about the fields of these inputs. */',
    `export const inputs = ${JSON.stringify(described, null, 2)}`,
    '',
  ].join('\n')
}
