import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'svix';
import { expect, it } from 'vitest';
import { modulesDir, projectDir } from '../../../scripts/local/paths.ts';
import { apiKinds, freshOrganization } from '../../support/client.ts';
import type { Organization } from '../../support/client.ts';
import { bodyOf, headersOf, hookUrl, webhooks } from '../../support/receiver.ts';

/** Runs `npm run migrate` as a process of its own, with the tokens of two organizations in its environment. */
const migrate = async (from: Organization, to: Organization, ...args: string[]): Promise<string> => {
  const command = ['scripts/migrate/main.ts', '--from', from.serverUrl, '--to', to.serverUrl, ...args];
  const env = { PATH: process.env['PATH'], MIGRATE_FROM_TOKEN: from.token, MIGRATE_TO_TOKEN: to.token };
  const { stdout } = await promisify(execFile)(join(modulesDir, '.bin', 'tsx'), command, {
    cwd: projectDir,
    env,
  });
  return stdout;
};

it('npm run migrate: an endpoint moves to another organization, and its receiver goes on verifying with the secret that it has', async () => {
  const [before, after] = [await freshOrganization(), await freshOrganization(apiKinds().at(-1))];
  const url = hookUrl('/migrated');
  await before.svix.eventType.create({ name: 'invoice.paid', description: 'Paid' });
  await before.svix.application.create({ name: 'Acme', uid: 'acme' });
  const endpoint = await before.svix.endpoint.create('acme', {
    ...{ url, eventTypes: ['invoice.paid'], channels: ['eu'] },
    headers: { 'x-own': '1' },
  });
  const { key } = await before.svix.endpoint.getSecret('acme', endpoint.id);

  const folder = await mkdtemp(join(tmpdir(), 'posthorn-migrate-'));
  const report = join(folder, 'report.json');
  const options = ['--rate', '1000', '--report', report];
  expect(await migrate(before, after, '--dry-run', ...options)).toContain('endpoints     1 to create');
  expect((await after.svix.application.list()).data).toEqual([]);
  expect(await migrate(before, after, ...options)).toContain('endpoints     1 created');
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ failures: [], dryRun: false });
  expect(await migrate(before, after, ...options)).toContain('endpoints     1 same');
  await rm(folder, { recursive: true });

  const message = { eventType: 'invoice.paid', channels: ['eu'], payload: { n: 1 } };
  const { id } = await after.svix.message.create('acme', message);
  const [webhook] = await webhooks({ id });
  new Webhook(key).verify(bodyOf(webhook!), headersOf(webhook!));
  expect(headersOf(webhook!)['x-own']).toBe('1');
});
