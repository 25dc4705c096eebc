import { expect, inject, it } from 'vitest';
import { emulatorStage } from '../../../scripts/dlq/stage.ts';
import { makeCommands } from '../../../scripts/secrets/commands.ts';
import { readSecret } from '../../../scripts/secrets/stored-secret.ts';
import { apiAt, freshTenant } from '../../support/api.ts';
import { dlqOn } from '../../support/drill.ts';
import { organizationToken } from '../../../scripts/local/tokens.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl } from '../../support/receiver.ts';

/** The previous versions stay valid, so that other test files go on with their tokens. */
it('both secrets rotate while messages flow: every publish is accepted, and every message arrives at its first attempt', async () => {
  const { awsEndpointUrl, outputs, stage: name } = inject('stack');
  const stage = emulatorStage(name, awsEndpointUrl, outputs);
  const commands = makeCommands({
    connect: async () => stage,
    say: () => undefined,
    now: () => Date.now(),
    sleep: async () => undefined,
    stopped: () => false,
    readFile: async () => '',
  });
  const tenant = await freshTenant();
  await tenant.settings({ retrySchedule: [600] });
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
  const addEndpoint = (uid: string) =>
    tenant.ask('POST', '/app/acme/endpoint', { url: hookUrl(`/rotation/${uid}`), uid });
  await addEndpoint('before');

  const sent: string[] = [];
  const flow = new AbortController();
  const publishing = (async () => {
    while (!flow.signal.aborted || sent.length < 10) {
      const { status, json } = await tenant.send('POST', '/app/acme/msg', { eventType: 'a', payload: {} });
      expect(status).toBe(202);
      sent.push(String(json.id));
    }
  })();
  const options = { stage: name, wait: 0 };
  try {
    await commands.rotate('jwt', options);
    await commands.rotate('main', options);
    // Warm functions meet a token, and a secret of an endpoint, of versions that they do not know yet.
    const { current, previous } = await readSecret(stage.secretsManager, stage.get('JwtSecretArn'));
    expect(previous).toContain(inject('stack').jwtSecret);
    const renewed = apiAt(tenant.serverUrl, await organizationToken(tenant.orgId, current, new Date()));
    expect((await renewed('GET', '/app/acme')).status).toBe(200);
    await addEndpoint('after');
  } finally {
    flow.abort();
  }
  await publishing;
  const key = { 'idempotency-key': 'rotation' };
  const repeat = async () => (await tenant.send('POST', '/app', { name: 'Once' }, key)).text;
  expect(await repeat()).toBe(await repeat());

  const attempts = async (uid: string) =>
    (await tenant.ask('GET', `/app/acme/attempt/endpoint/${uid}?limit=250`))['data'] as {
      msgId: string;
      status: number;
    }[];
  const all = await eventually(
    () => attempts('before'),
    (found) => sent.every((id) => found.some(({ msgId }) => msgId === id)),
  );
  expect(all.filter(({ status }) => status !== 0)).toEqual([]);
  expect(all).toHaveLength(sent.length);
  const last = await tenant.ask('POST', '/app/acme/msg', { eventType: 'a', payload: {} });
  const after = await eventually(
    () => attempts('after'),
    (found) => found.some(({ msgId }) => msgId === last['id']),
  );
  expect(after.map(({ status }) => status)).not.toContain(2);
  // The dead-letter queue is also that of other test files.
  const { id: app } = await tenant.ask('GET', '/app/acme');
  expect(await dlqOn(stage)('inspect delivery')).not.toContain(String(app));
});
