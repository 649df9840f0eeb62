// As the schema says it: generated from its descriptions.
import { inputs as described } from '~/gql/inputs'

export const inputs = { inputs: described }
