import { describe, expect, it } from 'vitest';
import { makeIngest } from '../../../functions/ingest/ingest.flow.ts';
import type { IngestRecord, Refusal } from '../../../functions/ingest/ingest.flow.ts';
import { makeMessageDecoder } from '../../../functions/ingest/message-decoder.wiring.ts';
import { waitSeconds } from '../../../functions/ingest/waiting.domain.ts';
import { appId, messageId } from '../../../functions/platform/ids/brand.domain.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { EventOutcome, EventToPublish } from '../../../functions/publish/publish-event.flow.ts';
import { NOON, ORG } from '../../support/simulation/builders.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const PUBLISHED = { message: { id: messageId('msg_1'), appId: appId('app_1') } };

const recordOf = (body: object | string, some: Partial<IngestRecord> = {}): IngestRecord => ({
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...{ messageId: 'sqs-1', eventId: null, requestId: 'request-1', waits: 0, since: NOON },
  ...some,
});
const message = (some: object = {}) => ({ application: 'acme', eventType: 'e', payload: {}, ...some });

/** Ingest with ports that note what they got. `outcome`: what publishing an event answers. */
const makeRun = (outcome: EventOutcome | Error = { kind: 'accepted', ...PUBLISHED }) => {
  const published: EventToPublish[] = [];
  const refused: (Refusal & { eventId: string })[] = [];
  const again: { eventId: string; delaySeconds: number }[] = [];
  const counts: string[] = [];
  const ingest = makeIngest({
    orgId: ORG,
    decode: makeMessageDecoder(),
    queues: {
      sendAgain: async (_, eventId, delaySeconds) => void again.push({ eventId, delaySeconds }),
      deadLetter: async (_, eventId, refusal) => void refused.push({ ...refusal, eventId }),
    },
    jitter: () => 0,
    now: () => NOON,
    step: noSteps,
    report: ({ kind }) => void counts.push(kind),
  });
  const run = (body: object | string, some?: Partial<IngestRecord>) =>
    ingest(recordOf(body, some), async (event) => {
      published.push(event);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
  return { run, published, refused, again, counts };
};

describe('a record of the ingest queue', () => {
  it('is published for the organization of the queue with the fields of MessageIn', async () => {
    const { run, published, counts } = makeRun();
    const tags = ['t'];
    await run(
      message({ channels: ['c'], tags, payloadRetentionHours: 7, orgId: 'org_other', org: 'org_other' }),
    );
    expect(published).toMatchObject([
      { orgId: ORG, application: 'acme', eventId: 'sqs-1', channels: ['c'], tags, retentionHours: 7 },
    ]);
    expect(Buffer.from(published[0]!.body).toString()).toBe('{}');
    expect(counts).toEqual(['accepted']);
  });

  it.each([
    ['its own', message({ eventId: 'own' }), {}, 'own'],
    ['its attribute', message(), { eventId: 'attribute' }, 'attribute'],
    ['the id of its queue message', message(), {}, 'sqs-1'],
  ])('has the event id of %s', async (_, body, some, eventId) => {
    const { run, published } = makeRun();
    await run(body, some);
    expect(published).toMatchObject([{ eventId }]);
  });

  it('keeps the bytes of payloadRaw, and its content type', async () => {
    const { run, published } = makeRun();
    const payloadRaw = '{"b": 1.0,\t"a":"\u00e9"}';
    const transformationsParams = { headers: { 'Content-Type': 'application/x-ours' } };
    await run({ application: 'acme', eventType: 'e', payloadRaw, transformationsParams });
    expect(Buffer.from(published[0]!.body)).toEqual(Buffer.from(payloadRaw));
    expect(published[0]!.contentType).toBe('application/x-ours');
  });

  it('describes the application to create, which needs a uid', async () => {
    const { run, published, refused } = makeRun();
    await run(message({ application: { uid: 'new', name: 'New' } }));
    expect(published).toMatchObject([{ application: 'new', implicit: { uid: 'new', name: 'New' } }]);
    await run(message({ application: { name: 'New' } }));
    expect(refused).toMatchObject([{ reason: 'application.uid: the application to create needs one' }]);
  });

  it.each([
    ['in the past: now', -5 * MINUTE, null],
    ['in half a minute: then', 0.5 * MINUTE, NOON + 0.5 * MINUTE],
    ['in 24 hours: then', DAY, NOON + DAY],
  ])('is delivered at its deliverAt, %s', async (_, ahead, deliverAt) => {
    const { run, published } = makeRun();
    await run(message({ deliverAt: new Date(NOON + ahead).toISOString() }));
    expect(published).toMatchObject([{ deliverAt }]);
  });

  it('that was published before is a success and counted', async () => {
    const { run, refused, again, counts } = makeRun({ kind: 'duplicate', ...PUBLISHED });
    await run(message());
    expect({ refused, again, counts }).toEqual({ refused: [], again: [], counts: ['duplicate'] });
  });

  it('whose publish fails throws, so that SQS makes it visible again', async () => {
    const { run, refused } = makeRun(new Error('throttled'));
    await expect(run(message())).rejects.toThrow('throttled');
    expect(refused).toEqual([]);
  });
});

describe('a record that can never be published is dead-lettered with the reason at once:', () => {
  it.each([
    ['unreadable', 'nonsense', 'UnreadableRecord', /not JSON/],
    ['without application', { eventType: 'e', payload: {} }, 'UnreadableRecord', /no application/],
    ['without event type', { application: 'a', payload: {} }, 'InvalidMessage', /event_?[tT]ype/],
    [
      'with a bad event type',
      message({ eventType: 'Order Shipped' }),
      'InvalidMessage',
      /^eventType: .*pattern/,
    ],
    [
      'with a payload that is no object',
      message({ payload: [1] }),
      'InvalidMessage',
      /[pP]ayload must be an object/,
    ],
    ['with a bad event id', message({ eventId: 'a b' }), 'InvalidMessage', /pattern/],
    [
      'with too many channels',
      message({ channels: ['a', 'b', 'c', 'd', 'e', 'f'] }),
      'InvalidMessage',
      /channels/,
    ],
    [
      'with a deliverAt too far ahead',
      message({ deliverAt: new Date(NOON + DAY + 1).toISOString() }),
      'InvalidMessage',
      /deliverAt: must be at most 24 hours ahead/,
    ],
    [
      'too large',
      message({ payload: { text: 'x'.repeat(2_100_000) } }),
      'InvalidMessage',
      /more than 2097152 bytes/,
    ],
  ])('%s', async (_, body, errorClass, reason) => {
    const { run, refused, published, counts } = makeRun();
    await run(body);
    expect(refused).toMatchObject([{ errorClass, eventId: 'sqs-1' }]);
    expect(refused[0]!.reason).toMatch(reason);
    expect({ published, counts }).toEqual({ published: [], counts: ['refused'] });
  });

  it('for a payload that violates the schema of its event type', async () => {
    const violations = [
      { path: ['items', '0'], message: 'must be number' },
      { path: [], message: 'must have n' },
    ];
    const { run, refused } = makeRun({ kind: 'schema-violation', violations });
    await run(message());
    expect(refused).toMatchObject([
      { errorClass: 'SchemaViolation', reason: 'payload.items.0 must be number; payload must have n' },
    ]);
  });

  it('for an application that does not exist', async () => {
    const { run, refused } = makeRun({ kind: 'application-not-found' });
    await run(message());
    expect(refused).toMatchObject([{ errorClass: 'ApplicationNotFound' }]);
    expect(refused[0]!.reason).toMatch(/no application "acme"/);
  });
});

describe('a record that exceeds a publish rate limit', () => {
  const limited = { kind: 'limited', retryAfterSeconds: 1 } as const;

  it('is sent to the queue again with its event id, and waits longer each time', async () => {
    const { run, again, counts } = makeRun(limited);
    await run(message());
    await run(message(), { waits: 3, eventId: 'sqs-0' });
    expect(again).toEqual([
      { eventId: 'sqs-1', delaySeconds: 1 },
      { eventId: 'sqs-0', delaySeconds: 8 },
    ]);
    expect(counts).toEqual(['waiting', 'waiting']);
  });

  it('is dead-lettered with the reason after the fourteen days that a queue keeps a message', async () => {
    const { run, again, refused } = makeRun(limited);
    await run(message(), { since: NOON - 14 * DAY - 1, waits: 1_000 });
    expect(again).toEqual([]);
    expect(refused).toMatchObject([{ errorClass: 'PublishLimit' }]);
  });

  it.each([
    [0, 1, 0, 1],
    [5, 1, 1, 39],
    [5, 1, -1, 26],
    [60, 3, 1, 900],
    [60, 3, -1, 600],
  ])(
    'after %i waits of %i s and jitter %f waits %i s, never longer than SQS can delay',
    (waits, after, jitter, expected) => {
      expect(waitSeconds({ waits, since: NOON }, after, jitter, NOON)).toBe(expected);
    },
  );
});
