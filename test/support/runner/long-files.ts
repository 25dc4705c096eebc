/** Files that take longest in their tier. Started last, one of them would run alone at its end. */
export const LONG_FILES: readonly string[] = [
  'test/contract/api/schemathesis.test.ts',
  'test/contract/memory/memory.test.ts',
  'test/contract/api/dynamo-limits.test.ts',
  'test/infra/invokers.test.ts',
  'test/infra/cfn-lint.test.ts',
  'test/infra/construct/package.test.ts',
  'test/e2e/sdk/v2.test.ts',
  'test/e2e/compatibility/lists.test.ts',
  'test/page/look.test.ts',
  'test/page/session.test.ts',
  'test/portal/accessibility.test.ts',
  'test/portal/failures-and-replays.test.ts',
  'test/portal/capabilities.test.ts',
];
