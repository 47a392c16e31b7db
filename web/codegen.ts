import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types for every operation, from the schema the server prints. Generated before each build, never committed. */
const config: CodegenConfig = {
  schema: process.env.STOCKBRIDGE_SCHEMA ?? '../schema.graphql',
  documents: ['src/**/*.ts', 'src/**/*.tsx', '!src/graphql/generated/**'],
  generates: {
    'src/graphql/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        strictScalars: true,
        useTypeImports: true,
        // Decimal stays a string from the wire to the screen: exact digits, no floats.
        scalars: { Decimal: 'string', DateTime: 'string', Date: 'string', URL: 'string' },
      },
    },
  },
};

export default config;
