import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * The rules of the house. The arrows between folders are in `allowed` below and mirror docs/architecture.md:
 * entry -> http -> flows -> projections, signing -> domain; adapters (store, messaging, delivery) implement the ports of flows.
 */
const CAPABILITIES = [
  ...[
    'api',
    'publish',
    'ingest',
    'fan-out',
    'deliver',
    'read-models',
    'events',
    'catalog',
    'replay',
    'platform',
  ],
];
const folders = [
  ['entry', 'functions/entry'],
  ['http', 'functions/http'],
  ['flows', 'functions/flows'],
  ['projections', 'functions/projections'],
  ['signing', 'functions/signing'],
  ['domain', 'functions/domain'],
  ['store', 'functions/store'],
  ['messaging', 'functions/messaging'],
  ['delivery', 'functions/delivery'],
  // The new layout, a folder per capability with the layer in the file's suffix. The folders above move into these.
  ...CAPABILITIES.map((name) => ['capability', `functions/${name}`]),
  ['lib', 'lib'],
  ['bin', 'bin'],
  ['scripts', 'scripts'],
  ['test', 'test'],
];

const allowed = {
  domain: ['domain', 'capability'],
  signing: ['signing', 'domain', 'capability'],
  projections: ['projections', 'domain', 'capability'],
  flows: ['flows', 'projections', 'signing', 'domain', 'capability'],
  http: ['http', 'flows', 'projections', 'signing', 'domain', 'capability'],
  store: ['store', 'flows', 'projections', 'signing', 'domain', 'capability'],
  messaging: ['messaging', 'flows', 'domain', 'capability'],
  delivery: ['delivery', 'flows', 'domain', 'capability'],
  entry: [
    ...['entry', 'http', 'flows', 'projections', 'signing', 'domain', 'store', 'messaging', 'delivery'],
    'capability',
  ],
  capability: [
    'capability',
    'http',
    'flows',
    'projections',
    'signing',
    'domain',
    'store',
    'messaging',
    'delivery',
  ],
  lib: ['lib', 'entry', 'capability'],
  bin: ['lib', 'bin'],
  scripts: [
    'scripts',
    'entry',
    'http',
    'flows',
    'projections',
    'signing',
    'domain',
    'store',
    'messaging',
    'delivery',
    'capability',
    'lib',
  ],
  test: folders.map(([type]) => type),
};

const NO_IO = {
  group: [
    'node:*',
    '@aws-sdk/*',
    'zod',
    'zod-openapi',
    'hono',
    'hono/*',
    'undici',
    '@aws-lambda-powertools/*',
  ],
  message: 'domain and projections are pure: no I/O, no SDK, no schema library.',
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

/** What Lambda freezes when a handler returns goes on in a later invocation, with that one's time and clients. */
const LEAVES_WORK_RUNNING = {
  selector: "CallExpression[callee.object.name='Promise'][callee.property.name=/^(all|any)$/]",
  message: 'It leaves the others running when one rejects: settleAll (functions/platform/settle.domain.ts).',
};

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', '.posthorn', 'dist'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { boundaries },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'boundaries/elements': folders.map(([type, pattern]) => ({ type, pattern })),
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
    files: ['functions/domain/**/*.ts', 'functions/projections/**/*.ts', 'functions/**/*.domain.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [NO_IO] }],
      'no-restricted-globals': ['error', 'fetch', 'process', 'setTimeout', 'crypto', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is an argument.' },
        { object: 'Math', property: 'random', message: 'Randomness is an argument.' },
      ],
    },
  },
  {
    files: ['functions/domain/brand.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      // lib is synth time: of run time it knows the types of the environment and the paths of files, nothing else.
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'functions/(?!entry/env|platform/limits)',
              message: 'lib sees only the env types of entry, the limits and file paths.',
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
          message: 'Gives up after a second: settled() of test/support/poll.ts.',
        },
        {
          object: 'vi',
          property: 'waitUntil',
          message: 'Gives up after a second: settled() of test/support/poll.ts.',
        },
        {
          object: 'expect',
          property: 'poll',
          message: 'Gives up after a second: eventually() of test/support/poll.ts.',
        },
      ],
      // In-memory ports answer at once and are asynchronous all the same.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['*.config.ts', '*.config.mjs', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
