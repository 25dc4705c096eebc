import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { finishDeploy } from '../../scripts/local/deploy/after-deploy.ts';
import { deploy } from '../../scripts/local/deploy/deploy.ts';
import { makeLog } from '../../scripts/local/log.ts';
import { freshSender } from '../support/delivering.ts';
import type { Sender } from '../support/delivering.ts';
import { eventually } from '../support/poll.ts';
import { receiver, webhooks } from '../support/receiver.ts';

/**
 * The deployed stack is the previous release (global-setup.ts). This one is deployed over it while messages are published and
 * deliveries are in flight of every kind that waits.
 */
const upgrade = async (): Promise<void> => {
  const { awsEndpointUrl: endpointUrl, stage } = inject('stack');
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-'));
  const logDir = process.env['POSTHORN_LOG_DIR'] ?? tempDir;
  await mkdir(logDir, { recursive: true });
  const outputs = await deploy({
    ...{ endpointUrl, stage, tempDir, logDir, context: {} },
    log: makeLog(process.stdout),
    signal: new AbortController().signal,
  });
  await finishDeploy(endpointUrl, outputs);
};

/** Publishes until it is stopped; a request that fails during the deployment is repeated with its idempotency key, as SDKs do. */
const keepPublishing = (sender: Sender) => {
  const accepted: string[] = [];
  const state = { stopped: false };
  const publishOne = async (number: number): Promise<void> => {
    for (;;) {
      // A connection that is refused while functions are replaced is repeated too.
      const answer = await sender
        .send(
          'POST',
          '/app/acme/msg',
          { eventType: 'order.steady', payload: { number } },
          { 'idempotency-key': `steady-${number}` },
        )
        .catch(() => undefined);
      if (answer?.status === 202) {
        accepted.push(String((answer.json as Record<string, unknown>)['id']));
        return;
      }
      if (answer !== undefined) expect(answer.status, answer.text).toBeGreaterThanOrEqual(429);
      await wait(500);
    }
  };
  const running = (async () => {
    for (let number = 0; !state.stopped; number += 1) {
      await publishOne(number);
      await wait(250);
    }
  })();
  return async () => {
    state.stopped = true;
    await running;
    return accepted;
  };
};

const idOf = (message: Record<string, unknown>) => String(message['id']);

it('an upgrade of the previous release loses and doubles nothing that is published, retried, parked or delayed meanwhile', async () => {
  // Twelve retries, the first ones by SQS's delay, so that some are due during the deployment and some after it.
  const sender = await freshSender({ retrySchedule: [20, 40, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60] });
  for (const name of ['order.steady', 'order.delayed', 'order.flap', 'order.down'])
    await sender.ask('POST', '/event-type', { name, description: name });
  await sender.endpoint('steady', '/upgrade-steady', { filterTypes: ['order.steady', 'order.delayed'] });
  await sender.endpoint('flap', '/upgrade-flap?flap=3', { filterTypes: ['order.flap'] });
  await sender.endpoint('down', '/upgrade-down?status=500&until=upgraded', { filterTypes: ['order.down'] });
  const retried = await Promise.all(
    Array.from({ length: 5 }, () => sender.publish({ eventType: 'order.flap' })),
  );
  // Enough failures in a row to open the circuit breaker: later deliveries are parked.
  const parked = await Promise.all(
    Array.from({ length: 30 }, () => sender.publish({ eventType: 'order.down' })),
  );
  const delayed = await Promise.all(
    Array.from({ length: 3 }, () =>
      sender.publish({
        eventType: 'order.delayed',
        deliverAt: new Date(Date.now() + 90_000).toISOString(),
      }),
    ),
  );
  const stop = keepPublishing(sender);
  await wait(5_000);
  await upgrade();
  await wait(5_000);
  const steady = await stop();
  await receiver().release('upgraded');

  const requests = async (path: string, ids: readonly string[], each: number) => {
    for (const id of ids) await webhooks({ id, path }, each);
    await wait(5_000);
    const counts = await Promise.all(ids.map(async (id) => (await receiver().received({ id, path })).length));
    return [...new Set(counts)];
  };
  expect(steady.length).toBeGreaterThan(20);
  expect(new Set(steady).size).toBe(steady.length);
  expect(await requests('/upgrade-steady', steady, 1)).toEqual([1]);
  expect(await requests('/upgrade-steady', delayed.map(idOf), 1)).toEqual([1]);
  expect(await requests('/upgrade-flap', retried.map(idOf), 4)).toEqual([4]);
  for (const id of parked.map(idOf)) {
    const successes = async () => (await sender.attempts(id)).filter(({ status }) => status === 0).length;
    await eventually(successes, (count) => count > 0, { deadlineMs: 15 * 60_000 });
    expect(await successes()).toBe(1);
  }
});
