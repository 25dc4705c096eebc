import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointMessageQuery } from '../../../functions/read-models/delivery-status.port.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { APP, ENDPOINT, MESSAGE, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import type { Adapters } from './adapters.ts';

const NOW = NOON + 60_000;
const EVERY: EndpointMessageQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{ progress: null, channel: null, tag: null, eventTypes: null },
  ...{ messageId: null, causes: null, statusCodes: null },
};
const ATTEMPTS = { ...EVERY, outcomes: null, statusCodes: null, withContent: true };
const FAILED = { succeeded: false, decision: { kind: 'exhausted' } } as const satisfies Partial<Attempt>;
const RETRIED = {
  succeeded: false,
  decision: { kind: 'retry', at: NOW + 1 },
} as const satisfies Partial<Attempt>;

/** Ids of other tenants: another organization, or another application of the same one. */
const FOREIGN = [
  [orgId('org_other'), APP],
  [ORG, appId('app_other')],
] as const;

describe.each(ADAPTERS)('delivery status %s', (_, makeAdapters) => {
  const ids = seededIds(31);
  const next = (some: Partial<Attempt> = {}) => attempt({ id: ids.attempt(NOON), ...some });
  /** Records attempts in the log and projects them to the read models. */
  const record = async ({ log, views }: Adapters, ...attempts: readonly Attempt[]) => {
    for (const one of attempts) await log.record(one);
    await makeProject(views)(attempts);
  };

  it('lists the messages of an endpoint newest first with their latest state', async () => {
    const adapters = await makeAdapters();
    const [older, newer] = [ids.message(NOON), ids.message(NOON)];
    const first = next({ messageId: older, ...RETRIED });
    const second = next({ messageId: older, trigger: { kind: 'scheduled', number: 2 } });
    const other = next({ messageId: newer, ...FAILED });
    await record(adapters, first, other, second);
    const { items, done } = await adapters.deliveryStatus.messages(ORG, APP, ENDPOINT, EVERY, NOW);
    expect(items.map(({ messageId, lastAttemptId }) => [messageId, lastAttemptId])).toEqual([
      [newer, other.id],
      [older, second.id],
    ]);
    expect(done).toBe(true);
  });

  it('filters the messages of an endpoint by progress, channel, tag and event type', async () => {
    const adapters = await makeAdapters();
    const [failed, sending, succeeded] = [ids.message(NOON), ids.message(NOON), ids.message(NOON)];
    await record(
      adapters,
      next({ messageId: failed, ...FAILED, channels: ['eu'] }),
      next({ messageId: sending, ...RETRIED, tags: ['vip'] }),
      next({ messageId: succeeded, eventType: 'order.paid' }),
    );
    const found = async (query: Partial<EndpointMessageQuery>) => {
      const page = await adapters.deliveryStatus.messages(ORG, APP, ENDPOINT, { ...EVERY, ...query }, NOW);
      return page.items.map(({ messageId }) => messageId);
    };
    expect(await found({ progress: 'failed' })).toEqual([failed]);
    expect(await found({ progress: 'sending' })).toEqual([sending]);
    expect(await found({ progress: 'succeeded' })).toEqual([succeeded]);
    expect(await found({ channel: 'eu' })).toEqual([failed]);
    expect(await found({ tag: 'vip' })).toEqual([sending]);
    expect(await found({ eventTypes: ['order.paid', 'x'] })).toEqual([succeeded]);
    expect(await found({ limit: 1, cursor: { id: succeeded, direction: 'next' } })).toEqual([sending]);
  });

  it('filters the messages of an endpoint by the latest attempt’s cause and status code, and by message', async () => {
    const adapters = await makeAdapters();
    const [refused, unresolved, canceled, prompt] = Array.from({ length: 4 }, () => ids.message(NOON));
    const noResponse = { ...FAILED, responseStatusCode: 0 };
    await record(
      adapters,
      next({ messageId: refused!, ...noResponse, ...RETRIED, cause: 'dns_failed' }),
      next({
        ...{ messageId: refused!, ...FAILED, responseStatusCode: 403, cause: 'status_4xx' },
        trigger: { kind: 'scheduled', number: 2 },
      }),
      next({ messageId: unresolved!, ...noResponse, cause: 'dns_failed' }),
      next({
        ...{ messageId: canceled!, ...noResponse, cause: 'canceled:endpoint_disabled' },
        decision: { kind: 'canceled', reason: 'endpoint_disabled' },
      }),
      next({ messageId: prompt! }),
    );
    const found = async (query: Partial<EndpointMessageQuery>) => {
      const page = await adapters.deliveryStatus.messages(ORG, APP, ENDPOINT, { ...EVERY, ...query }, NOW);
      expect(page.done).toBe(true);
      return page.items.map(({ messageId }) => messageId);
    };
    expect(await found({ causes: ['dns_failed'] })).toEqual([unresolved]);
    expect(await found({ causes: ['status_4xx', 'canceled:endpoint_disabled'] })).toEqual([
      canceled,
      refused,
    ]);
    expect(await found({ causes: ['gone'] })).toEqual([]);
    expect(await found({ statusCodes: { from: 0, to: 99 } })).toEqual([canceled, unresolved]);
    expect(await found({ statusCodes: { from: 400, to: 499 } })).toEqual([refused]);
    expect(await found({ statusCodes: { from: 200, to: 299 } })).toEqual([prompt]);
    expect(await found({ messageId: refused! })).toEqual([refused]);
    expect(await found({ messageId: prompt! })).toEqual([prompt]);
    expect(await found({ messageId: prompt!, progress: 'failed' })).toEqual([]);
    expect(await found({ messageId: prompt!, before: NOON - 60_000 })).toEqual([]);
    expect(await found({ messageId: ids.message(NOON) })).toEqual([]);
  });

  it('lists the destinations of a message by endpoint id in pages, with their latest state', async () => {
    const adapters = await makeAdapters();
    const endpoints = Array.from({ length: 5 }, () => ids.endpoint(NOON)).sort();
    for (const id of endpoints.toReversed()) {
      await record(adapters, next({ endpointId: id, ...RETRIED }));
      await record(adapters, next({ endpointId: id, trigger: { kind: 'scheduled', number: 2 } }));
    }
    const page = (after: string | null) =>
      adapters.deliveryStatus.destinations(ORG, APP, MESSAGE, {
        limit: 3,
        cursor: after === null ? null : { id: after, direction: 'next' },
      });
    const [first, rest] = [await page(null), await page(endpoints[2]!)];
    expect([...first.items, ...rest.items].map((one) => one.endpointId)).toEqual(endpoints);
    expect([first.done, rest.done]).toEqual([false, true]);
    expect(first.items.map(({ lastSucceeded }) => lastSucceeded)).toEqual([true, true, true]);
  });

  it('contains nothing of another organization, application, endpoint or message', async () => {
    const adapters = await makeAdapters();
    const recorded = next();
    await record(adapters, recorded);
    const { deliveryStatus, attempts } = adapters;
    const page = { limit: 9, cursor: null };
    for (const [org, app] of FOREIGN) {
      expect((await deliveryStatus.messages(org, app, ENDPOINT, EVERY, NOW)).items).toEqual([]);
      expect((await deliveryStatus.destinations(org, app, MESSAGE, page)).items).toEqual([]);
      expect((await attempts.listByEndpoint(org, app, ENDPOINT, ATTEMPTS, NOW)).items).toEqual([]);
      expect((await attempts.listByMessage(org, app, MESSAGE, null, ATTEMPTS, NOW)).items).toEqual([]);
      expect(await attempts.find(org, app, MESSAGE, recorded.id)).toBeUndefined();
    }
    const elsewhere = endpointId('ep_other');
    expect((await deliveryStatus.messages(ORG, APP, elsewhere, EVERY, NOW)).items).toEqual([]);
    expect((await deliveryStatus.destinations(ORG, APP, ids.message(NOON), page)).items).toEqual([]);
    expect(await attempts.find(ORG, APP, MESSAGE, recorded.id)).toEqual(recorded);
  });
});
