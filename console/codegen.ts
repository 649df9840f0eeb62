import type { CodegenConfig } from '@graphql-codegen/cli'

// Documents are typed against the schema that the server exports; what is generated is checked in, and
// `npm run codegen:check` fails when it is stale.
const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  ignoreNoDocuments: true,
  generates: {
    './src/gql/inputs.ts': {
      plugins: ['./scripts/inputDescriptions.mjs'],
      config: { inputs: ['SendMessageInput', 'RecipientInput', 'ChannelOptionInput'] },
    },
    './src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          DateTime: 'string',
          JSON: 'unknown',
          Upload: 'File',
        },
      },
    },
  },
}

export default config
