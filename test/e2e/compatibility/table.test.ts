import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { probe } from '../../../scripts/compatibility/probe.ts';
import { TABLE_PART, render } from '../../../scripts/compatibility/table.ts';
import { freshOrganization } from '../../support/client.ts';
import { hookUrl } from '../../support/receiver.ts';

it('the table of operations in docs/compatibility.md is what a probe of the deployed stack finds', async () => {
  const { token, serverUrl } = await freshOrganization();
  const probed = await probe({ serverUrl, token, hookUrl: hookUrl('/compatibility') });
  expect(probed.filter(({ outcome }) => outcome.kind === 'broken')).toEqual([]);
  const page = await readFile(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
  expect(TABLE_PART.read(page), 'run `npm run compatibility`').toBe(render(probed));
});
