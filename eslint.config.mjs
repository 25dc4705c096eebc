import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * A folder of functions/ is a capability; the suffix of a file is its layer (docs/architecture.md). The pipeline goes
 * from left to right, and nothing knows what comes after it.
 */
const CAPABILITIES = [
  ...[
    'platform',
    'monitoring',
    'portal-host',
    'idempotency',
    'catalog',
    'messages',
    'publish',
    'ingest',
    'deliver',
    'fan-out',
    'expunge',
  ],
  ...['read-models', 'events', 'replay', 'api'],
];
const folders = [
  ...CAPABILITIES.map((name) => [name, `functions/${name}`]),
  ['lib', 'lib'],
  ['bin', 'bin'],
  ['scripts', 'scripts'],
  ['portal', 'portal'],
  ['test', 'test'],
];

const allowed = {
  ...Object.fromEntries(CAPABILITIES.map((name, index) => [name, CAPABILITIES.slice(0, index + 1)])),
  lib: ['lib', 'platform', 'portal-host'],
  bin: ['lib', 'bin'],
  scripts: ['scripts', 'lib', ...CAPABILITIES],
  // The page calls the API alone.
  portal: ['portal'],
  test: folders.map(([type]) => type),
};

/** Handlers and their wiring may import every capability; other files may not import them. */
const HANDLERS = ['functions/**/*.lambda.ts', 'functions/**/*.wiring.ts'];

const ADAPTERS = { regex: '\\.(dynamo|sqs|s3|eventbridge|lambda|wiring)\\.ts$' };
const LAYERS = {
  domain: {
    ...{ regex: '\\.(flow|port|dynamo|sqs|s3|eventbridge|lambda|wiring)\\.ts$' },
    message: 'A domain file must not import flows, ports or adapters.',
  },
  pure: {
    ...{ regex: '^\\.{1,2}/(?!.*\\.domain\\.ts$)', allowTypeImports: true },
    message: 'A domain file must not import other than domain files, except types.',
  },
  handler: {
    regex: '\\.(lambda|wiring)\\.ts$',
    message: 'Only handlers may import handlers or wiring.',
  },
  flow: {
    ...ADAPTERS,
    message: 'A flow must not import adapters; declare a port and let the adapter implement it.',
  },
  sdk: {
    group: ['@aws-sdk/*', '@aws-lambda-powertools/*'],
    message: 'A flow must not import an SDK; declare a port.',
  },
};

const NO_IO = {
  group: ['node:*', '@aws-sdk/*', 'zod', 'zod-openapi', 'hono', 'hono/*', '@aws-lambda-powertools/*'],
  message: '*.domain.ts files are pure: no I/O, no SDK, no schema library.',
};

const RESTRICTED_SYNTAX = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Named exports only (tool configurations excepted).',
  },
  {
    selector:
      'CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(only|skip)$/]',
    message: 'No focused or skipped tests.',
  },
];

/** Lambda freezes work that is still running when a handler returns, and resumes it within a later invocation. */
const LEAVES_WORK_RUNNING = {
  selector: "CallExpression[callee.object.name='Promise'][callee.property.name=/^(all|any)$/]",
  message:
    'It leaves other promises running when one rejects; use settleAll (functions/platform/settle.domain.ts).',
};

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', '.posthorn', '**/dist', 'portal/src/api/schema.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { boundaries },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'boundaries/elements': folders.map(([type, pattern]) => ({
        type,
        // The whole path decides: portal/src/lib is a part of the page, not of lib.
        pattern,
        partialMatch: false,
      })),
      'import/resolver': { node: { extensions: ['.ts'] } },
    },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX],
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: Object.entries(allowed).map(([from, to]) => ({
            from: { element: { type: from } },
            allow: to.map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
    },
  },
  {
    files: ['functions/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX, LEAVES_WORK_RUNNING] },
  },
  {
    files: ['functions/**/*.ts'],
    ignores: HANDLERS,
    rules: { 'no-restricted-imports': ['error', { patterns: [LAYERS.handler] }] },
  },
  { files: HANDLERS, rules: { 'boundaries/dependencies': 'off' } },
  {
    files: ['functions/**/*.domain.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [NO_IO, LAYERS.domain] }],
      'no-restricted-globals': ['error', 'fetch', 'process', 'setTimeout', 'crypto', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pass the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Pass randomness as an argument.' },
      ],
    },
  },
  {
    files: ['functions/**/*.ts'],
    ignores: ['functions/platform/aws/s3.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@aws-sdk/client-s3',
              importNames: ['S3Client'],
              allowTypeImports: true,
              message: 'Use makeS3 of functions/platform/aws/s3.ts, which sets timeouts.',
            },
          ],
          patterns: [
            {
              group: [
                '@aws-sdk/client-dynamodb',
                '@aws-sdk/client-eventbridge',
                '@aws-sdk/client-secrets-manager',
                '@aws-sdk/client-sqs',
                '@aws-sdk/lib-dynamodb',
              ],
              allowTypeImports: true,
              message: 'Use the clients and commands of functions/platform (docs/decisions/0103).',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['functions/**/*.domain.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [LAYERS.pure] }] },
  },
  {
    files: ['functions/**/*.flow.ts', 'functions/**/*.port.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [LAYERS.flow, LAYERS.sdk] }] },
  },
  {
    files: ['functions/platform/ids/brand.domain.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      // lib runs at synth time and must not depend on the code of functions.
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                'functions/(?!platform/(lambda/env|limits|settings|dynamodb/indexes)|portal-host/page-file)',
              message:
                'lib may import only the environment schemas, limits, settings and indexes of functions/platform, and the form of the files of the portal.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'vi',
          property: 'waitFor',
          message: 'It gives up after a second; use settled() of test/support/poll.ts.',
        },
        {
          object: 'vi',
          property: 'waitUntil',
          message: 'It gives up after a second; use settled() of test/support/poll.ts.',
        },
        {
          object: 'expect',
          property: 'poll',
          message: 'It gives up after a second; use eventually() of test/support/poll.ts.',
        },
      ],
      // Functions of in-memory ports are async without an await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['portal/src/**/*.{ts,tsx}'],
    rules: {
      // The page's policy forbids markup from text (Trusted Types), and payloads are other people's text.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'localStorage'].map((property) => ({
          property,
          message: 'Markup is never made from text; only the storage of the tab is used.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        ...RESTRICTED_SYNTAX,
        {
          selector:
            "JSXAttribute[name.name='dangerouslySetInnerHTML'], JSXAttribute[name.name='style'][value.type='Literal']",
          message: 'Text stays text, and styles are classes: see docs/decisions/0091.',
        },
      ],
    },
  },
  {
    files: ['*.config.ts', '*.config.mjs', 'portal/*.config.ts', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
