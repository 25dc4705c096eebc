import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { CatalogedEndpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Announced } from '../../../functions/events/domain-event.domain.ts';
import { MANAGEMENT_ORGANIZATION } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { makeAnnounce } from '../../../functions/events/announce.flow.ts';
import type { EventBus } from '../../../functions/events/announce.flow.ts';
import { makeOnce } from '../../../functions/platform/idempotency/once.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { memoryWorkRecords } from '../../support/memory/work-records.ts';
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

/** How long an event that is being put is locked. */
const LOCK_MS = 30_000;

interface Simulation {
  /** What earlier invocations recorded. */
  readonly records?: ReturnType<typeof memoryWorkRecords>;
  readonly step?: Step;
  readonly operationalWebhooks?: boolean;
  readonly listeners?: readonly (typeof LISTENER)[];
  readonly busDown?: boolean;
  readonly bus?: EventBus;
}

const makeSimulation = ({
  operationalWebhooks = true,
  listeners = [LISTENER],
  busDown = false,
  records = memoryWorkRecords(),
  step = noSteps,
  bus,
}: Simulation = {}) => {
  const onBus: Announced[] = [];
  const stored = new Map<string, { eventType: string; body: string }>();
  const announce = makeAnnounce({
    contexts: {
      load: (keys) => Promise.resolve(keys.map(() => ({ appUid: 'acme', operationalWebhooks }))),
    },
    bus: bus ?? {
      put: (event) => {
        if (busDown) return Promise.reject(new Error('the bus is down'));
        onBus.push(event);
        return Promise.resolve();
      },
    },
    once: makeOnce(LOCK_MS),
    recordOf: ({ orgId: org, id }) => records(`${org} ${id}`),
    step,
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
  return { announce, onBus, sentTypes: () => [...stored.values()].map(({ eventType }) => eventType) };
};

const row = (some: Partial<CatalogedEndpoint> = {}): CatalogedEndpoint => ({
  ...endpoint(),
  deletedAt: null,
  rev: 1n,
  ...some,
});
const created = { before: undefined, after: row() };
const updated = { before: row(), after: row({ url: 'https://b.example', rev: 2n, updatedAt: NOON + 1 }) };

describe('announce', () => {
  it('sends operational webhooks for endpoint changes in order and puts the same events on the bus', async () => {
    const { announce, onBus, sentTypes } = makeSimulation();
    await announce.endpoints([created, updated]);
    expect(sentTypes()).toEqual(['endpoint.created', 'endpoint.updated']);
    expect(onBus.map(({ type, appUid }) => [type, appUid])).toEqual([
      ['endpoint.created', 'acme'],
      ['endpoint.updated', 'acme'],
    ]);
  });

  it('sends failing before exhausted for one message', async () => {
    const { announce, sentTypes } = makeSimulation();
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
    expect(sentTypes()).toEqual(['message.attempt.failing', 'message.attempt.exhausted']);
  });

  it('puts canceled deliveries on the bus with their reason and sends no operational webhook', async () => {
    const { announce, onBus, sentTypes } = makeSimulation();
    const canceled = attempt({
      ...{ succeeded: false, responseStatusCode: 0 },
      decision: { kind: 'canceled', reason: 'endpoint_disabled' },
    });
    await announce.attempts([canceled]);
    expect(sentTypes()).toEqual([]);
    expect(onBus).toMatchObject([
      {
        ...{ type: 'message.attempt.canceled', appUid: 'acme', msgId: canceled.messageId },
        canceled: { id: canceled.id, reason: 'endpoint_disabled' },
      },
    ]);
  });

  it('sends each operational webhook once when stream batches repeat', async () => {
    const { announce, sentTypes } = makeSimulation();
    await announce.endpoints([created, updated]);
    await announce.endpoints([created, updated]);
    await announce.endpoints([updated]);
    expect(sentTypes()).toEqual(['endpoint.created', 'endpoint.updated']);
  });

  it('sends no operational webhooks when the organization disabled them; the bus still gets the events', async () => {
    const { announce, onBus, sentTypes } = makeSimulation({ operationalWebhooks: false });
    await announce.endpoints([created]);
    expect([sentTypes(), onBus.length]).toEqual([[], 1]);
  });

  it('sends no operational webhooks when the management organization has no application for the organization', async () => {
    const { announce, onBus, sentTypes } = makeSimulation({
      listeners: [{ ...LISTENER, uid: orgId('org_other') }],
    });
    await announce.endpoints([created]);
    expect([sentTypes(), onBus.length]).toEqual([[], 1]);
  });

  it('sends nothing about the management organization itself', async () => {
    const { announce, onBus, sentTypes } = makeSimulation();
    const after = row({ orgId: MANAGEMENT_ORGANIZATION });
    await announce.endpoints([{ before: undefined, after }]);
    expect([sentTypes(), onBus]).toEqual([[], []]);
  });

  it('sends operational webhooks even when the bus fails, and throws so that the batch is repeated', async () => {
    const { announce, sentTypes } = makeSimulation({ busDown: true });
    await expect(announce.endpoints([created])).rejects.toThrow('the bus is down');
    expect(sentTypes()).toEqual(['endpoint.created']);
  });
});

/** Runs an invocation up to a step, at which its process ends. */
const crashAt = async (crashed: string, run: (step: Step) => Promise<void>): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    const step: Step = (name) => {
      if (name !== crashed) return Promise.resolve();
      resolve();
      return new Promise(() => undefined);
    };
    run(step).then(() => reject(new Error(`${crashed} was not reached`)), reject);
  });
};

describe('announce puts an event on the bus once', () => {
  const idsOn = (onBus: readonly Announced[]) => onBus.map(({ id }) => id);

  it('when its batch repeats, in one invocation or in another', async () => {
    const records = memoryWorkRecords();
    const first = makeSimulation({ records });
    await first.announce.endpoints([created, updated, updated]);
    await first.announce.endpoints([created, updated]);
    const second = makeSimulation({ records });
    await second.announce.endpoints([updated]);
    expect([idsOn(first.onBus), idsOn(second.onBus)]).toEqual([
      [`endpoint.created#${created.after.id}#1`, `endpoint.updated#${created.after.id}#2`],
      [],
    ]);
  });

  it('when another event of the batch fails and the batch is repeated', async () => {
    const records = memoryWorkRecords();
    const refused = updated.after;
    const bus = {
      put: (event: Announced) =>
        event.at === refused.updatedAt ? Promise.reject(new Error('refused')) : Promise.resolve(),
    };
    const broken = makeSimulation({ records, bus });
    await expect(broken.announce.endpoints([updated, created])).rejects.toThrow('refused');
    const { announce, onBus } = makeSimulation({ records });
    await announce.endpoints([updated, created]);
    expect(idsOn(onBus)).toEqual([`endpoint.updated#${refused.id}#2`]);
  });

  it('when the process ends after it was recorded', async () => {
    const records = memoryWorkRecords();
    const { announce, onBus } = makeSimulation({ records });
    await announce.endpoints([created]);
    records.advance(LOCK_MS + 1);
    await announce.endpoints([created]);
    expect(onBus).toHaveLength(1);
  });

  it.each([
    ['announce.recorded', 0],
    ['announce.put', 1],
  ])('after a crash at %s, which had put it %i times, again with the same id', async (crashed, before) => {
    const records = memoryWorkRecords();
    const onBus: Announced[] = [];
    const bus = { put: (event: Announced) => Promise.resolve(void onBus.push(event)) };
    await crashAt(crashed, (step) => makeSimulation({ records, bus, step }).announce.endpoints([created]));
    expect(onBus).toHaveLength(before);
    const { announce } = makeSimulation({ records, bus });
    await expect(announce.endpoints([created])).rejects.toThrow(/in progress/);
    records.advance(LOCK_MS + 1);
    await announce.endpoints([created]);
    await announce.endpoints([created]);
    expect(idsOn(onBus)).toEqual(Array(before + 1).fill(`endpoint.created#${created.after.id}#1`));
  });
});
