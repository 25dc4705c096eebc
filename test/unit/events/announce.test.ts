import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { CatalogedEndpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Announced } from '../../../functions/events/domain-event.domain.ts';
import { MANAGEMENT_ORGANIZATION } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { makeAnnounce } from '../../../functions/events/announce.flow.ts';
import { makeOperational } from '../../../functions/events/operational-webhooks/operational-webhooks.flow.ts';
import {
  NOON,
  ORG,
  SETTINGS,
  application,
  attempt,
  endpoint,
  seededIds,
} from '../../support/simulation/builders.ts';

const LISTENER = application({ orgId: MANAGEMENT_ORGANIZATION, id: appId('app_listener'), uid: ORG });

interface Simulation {
  readonly wanted?: boolean;
  readonly listeners?: readonly (typeof LISTENER)[];
  readonly busDown?: boolean;
}

const makeSimulation = ({ wanted = true, listeners = [LISTENER], busDown = false }: Simulation = {}) => {
  const onBus: Announced[] = [];
  const stored = new Map<string, { eventType: string; body: string }>();
  const announce = makeAnnounce({
    contexts: {
      load: (keys) => Promise.resolve(keys.map(() => ({ appUid: 'acme', operationalWebhooks: wanted }))),
    },
    bus: {
      put: (facts) => {
        if (busDown) return Promise.reject(new Error('the bus is down'));
        onBus.push(...facts);
        return Promise.resolve();
      },
    },
    operational: makeOperational({
      tenants: {
        resolve: (org, uid) => {
          const found = listeners.find((one) => one.orgId === org && one.uid === uid);
          const tenant = { application: found ?? LISTENER, endpoints: [], settings: SETTINGS };
          return Promise.resolve(found === undefined ? undefined : tenant);
        },
      },
      messages: {
        store: ({ id, appId: app, eventType, eventId }, body) => {
          expect({ app, eventId }).toEqual({ app: LISTENER.id, eventId: null });
          if (!stored.has(id)) stored.set(id, { eventType, body });
          return Promise.resolve();
        },
      },
      digest: (text) => createHash('sha256').update(text).digest(),
    }),
  });
  return { announce, onBus, told: () => [...stored.values()].map(({ eventType }) => eventType) };
};

const row = (some: Partial<CatalogedEndpoint> = {}): CatalogedEndpoint => ({
  ...endpoint(),
  deletedAt: null,
  rev: 1n,
  ...some,
});
const created = { before: undefined, after: row() };
const updated = { before: row(), after: row({ url: 'https://b.example', rev: 2n, updatedAt: NOON + 1 }) };

describe('operational webhooks', () => {
  it('tell what happened to an endpoint, in order, and the bus hears the same', async () => {
    const { announce, onBus, told } = makeSimulation();
    await announce.endpoints([created, updated]);
    expect(told()).toEqual(['endpoint.created', 'endpoint.updated']);
    expect(onBus.map(({ type, appUid }) => [type, appUid])).toEqual([
      ['endpoint.created', 'acme'],
      ['endpoint.updated', 'acme'],
    ]);
  });

  it('tell failing before exhausted of one message', async () => {
    const { announce, told } = makeSimulation();
    const ids = seededIds();
    const failed = (number: number, decision: { kind: 'exhausted' } | { kind: 'retry'; at: number }) =>
      attempt({
        ...{ id: ids.attempt(NOON + number), at: NOON + number, trigger: { kind: 'scheduled', number } },
        ...{ decision, succeeded: false, responseStatusCode: 500 },
      });
    await announce.attempts([
      failed(1, { kind: 'retry', at: NOON }),
      failed(4, { kind: 'retry', at: NOON }),
      failed(5, { kind: 'exhausted' }),
    ]);
    expect(told()).toEqual(['message.attempt.failing', 'message.attempt.exhausted']);
  });

  it('do not tell of canceled deliveries, which are on the bus with their reason', async () => {
    const { announce, onBus, told } = makeSimulation();
    const canceled = attempt({
      ...{ succeeded: false, responseStatusCode: 0 },
      decision: { kind: 'canceled', reason: 'endpoint_disabled' },
    });
    await announce.attempts([canceled]);
    expect(told()).toEqual([]);
    expect(onBus).toMatchObject([
      {
        ...{ type: 'message.attempt.canceled', appUid: 'acme', msgId: canceled.messageId },
        canceled: { id: canceled.id, reason: 'endpoint_disabled' },
      },
    ]);
  });

  it('are written once, however often a batch of the stream comes', async () => {
    const { announce, told } = makeSimulation();
    await announce.endpoints([created, updated]);
    await announce.endpoints([created, updated]);
    await announce.endpoints([updated]);
    expect(told()).toEqual(['endpoint.created', 'endpoint.updated']);
  });

  it('stay away where the organization turned them off; the bus hears all the same', async () => {
    const { announce, onBus, told } = makeSimulation({ wanted: false });
    await announce.endpoints([created]);
    expect([told(), onBus.length]).toEqual([[], 1]);
  });

  it('stay away where the management organization has no application for the organization', async () => {
    const { announce, onBus, told } = makeSimulation({
      listeners: [{ ...LISTENER, uid: orgId('org_other') }],
    });
    await announce.endpoints([created]);
    expect([told(), onBus.length]).toEqual([[], 1]);
  });

  it('are never about the management organization itself, nor does the bus hear of it', async () => {
    const { announce, onBus, told } = makeSimulation();
    const after = row({ orgId: MANAGEMENT_ORGANIZATION });
    await announce.endpoints([{ before: undefined, after }]);
    expect([told(), onBus]).toEqual([[], []]);
  });

  it('are told although the bus fails, and the batch comes again for the bus', async () => {
    const { announce, told } = makeSimulation({ busDown: true });
    await expect(announce.endpoints([created])).rejects.toThrow('the bus is down');
    expect(told()).toEqual(['endpoint.created']);
  });
});
