import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAILURE_CAUSES, sentenceOf } from '../../../functions/deliver/causes.domain.ts';

it('docs/failure-causes.md has the sentence of every failure cause', () => {
  const page = readFileSync(new URL('../../../docs/failure-causes.md', import.meta.url), 'utf8');
  const facts = { host: 'example.com', port: 443, timeoutSeconds: 30, status: 0 };
  const rows = FAILURE_CAUSES.map((cause) => [
    cause,
    sentenceOf(cause, facts).replaceAll('status 0', 'status N').replace('(0)', '(N)'),
  ]);
  const cells = page.split('\n').flatMap((line) => {
    const [, code, sentence] = /^\| `(\w+)` +\| (.+?) +\|$/.exec(line) ?? [];
    return code === undefined ? [] : [[code, sentence]];
  });
  expect(cells).toEqual(rows);
});
