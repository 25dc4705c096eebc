import { describe, expect, it } from 'vitest';
import { makeCommands } from '../../../scripts/dlq/commands.ts';
import { fakeStage } from './fake-stage.ts';

const DEAD = 'q/FanOutStreamDlqUrl';
const SOURCE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/messages/stream/2026';
const KEY = { pk: 'o#org_1#a#app_1#m#3', sk: 'msg_1' };

const deadLetter = (changes: object = {}) =>
  JSON.stringify({
    ...{ v: 1, type: 'stream-record', source: SOURCE, change: 'INSERT', sequenceNumber: '7' },
    keys: JSON.stringify({ pk: { S: KEY.pk }, sk: { S: KEY.sk } }),
    ...{ errorClass: 'ZodError', reason: 'bad row', requestId: 'req-8' },
    ...changes,
  });

const batch = JSON.stringify({
  requestContext: {
    ...{ requestId: 'req-9', condition: 'RetryAttemptsExhausted', functionArn: 'arn' },
    approximateInvokeCount: 501,
  },
  DDBStreamBatchInfo: {
    ...{ shardId: 'shard-1', startSequenceNumber: '8', endSequenceNumber: '12', batchSize: 5 },
    approximateArrivalOfFirstRecord: '2026-11-23T10:00:00Z',
    streamArn: SOURCE,
  },
});

const options = { stage: 'test', rate: 100_000, dryRun: false };

const terminal = () => {
  const fake = fakeStage();
  const lines: string[] = [];
  const commands = makeCommands(() => Promise.resolve(fake.stage), {
    say: (text) => lines.push(text),
    now: () => 4_000,
    signal: new AbortController().signal,
    auditFile: '/dev/null',
  });
  return { ...fake, lines, commands };
};

describe('dead-lettered stream record', () => {
  it('is shown with its keys and reason', async () => {
    const { commands, queues, lines } = terminal();
    queues.put(DEAD, deadLetter(), 1_000);
    await commands.inspect('fan-out', options);
    for (const part of [
      ...['stream record', 'org_1', 'app_1', 'msg_1', 'ZodError', 'bad row', 'req-8'],
      ...['fan-out', 'posthorn-test-fan-out'],
    ])
      expect(lines[0]).toContain(part);
  });

  it('is replayed to its reader with the current item', async () => {
    const { commands, queues, table, invoked } = terminal();
    table.put({ ...KEY, type: 'msg', p: Buffer.from('bytes') });
    queues.put(DEAD, deadLetter(), 1_000);
    await commands.replay('fan-out', options);
    expect(invoked).toMatchObject([{ name: 'posthorn-test-fan-out', records: [{ eventName: 'INSERT' }] }]);
    const [{ eventSourceARN, dynamodb }] = invoked[0]!.records;
    expect(eventSourceARN).toBe(SOURCE);
    expect(dynamodb.NewImage).toMatchObject({
      type: { S: 'msg' },
      p: { B: Buffer.from('bytes').toString('base64') },
    });
    expect(queues.bodies(DEAD)).toEqual([]);
  });

  it('is kept when the reader fails on it, and the others are replayed', async () => {
    const { commands, queues, table, invoked, faults, lines } = terminal();
    const keyOf = (n: number) => ({ pk: KEY.pk, sk: `msg_${n}` });
    for (const n of [1, 2, 3]) {
      table.put({ ...keyOf(n), type: 'msg' });
      const { pk, sk } = keyOf(n);
      queues.put(DEAD, deadLetter({ keys: JSON.stringify({ pk: { S: pk }, sk: { S: sk } }) }), 1_000);
    }
    faults.on = (records) => records.some(({ dynamodb }) => dynamodb.Keys.sk.S === 'msg_2');
    await commands.replay('fan-out', options);
    expect(invoked.map(({ records }) => records.length)).toEqual([3, 1, 1, 1]);
    expect(lines[0]).toMatch(/^kept .*posthorn-test-fan-out failed: Unhandled/);
    expect(lines.at(-1)).toBe('2 replayed, 1 kept.');
    expect(queues.bodies(DEAD)).toEqual([expect.stringContaining('msg_2')]);
  });

  it.each([
    ['its item is gone', deadLetter(), /item no longer exists/],
    ['its old image is needed and is not stored', deadLetter({ change: 'MODIFY' }), /not stored/],
    ['the stream has trimmed it', batch, /no longer has.*reconcile -- --since 2026-11-23T10:00:00.000Z/],
  ])('is kept with advice when %s', async (_, body, advice) => {
    const { commands, queues, table, shard, lines, invoked } = terminal();
    shard.fill(20, 10);
    if (body.includes('MODIFY')) table.put({ ...KEY, type: 'msg' });
    queues.put(DEAD, body, 1_000);
    await commands.replay('fan-out', options);
    expect(lines[0]).toMatch(advice);
    expect(invoked).toEqual([]);
    expect(queues.visible(DEAD)).toBe(1);
  });
});

describe('dead-lettered stream batch', () => {
  it('is shown with the records that the stream still has and the error from the failure log', async () => {
    const { commands, queues, shard, lines, failed } = terminal();
    shard.fill(20);
    const queue = 'posthorn-test-fan-out';
    const error = { errorClass: 'TableBusy', message: 'keys stayed unprocessed', receives: 0, at: 3_000 };
    failed({ queue, record: `${SOURCE}/8`, requestId: 'req-7', ...error });
    queues.put(DEAD, batch, 1_000);
    await commands.inspect('fan-out', options);
    expect(lines[0]).toMatch(/INSERT app_1 msg_8\n.*msg_9\n.*msg_10\n.*msg_11\n.*msg_12\n/);
    for (const part of ['TableBusy', 'unprocessed', 'req-7', 'receives     501', 'shard-1, 8 to 12'])
      expect(lines[0]).toContain(part);
    for (const beside of ['msg_7', 'msg_13']) expect(lines[0]).not.toContain(beside);
  });

  it('is shown as crashed and trimmed without an entry in the failure log and without records in the stream', async () => {
    const { commands, queues, shard, lines } = terminal();
    shard.fill(20, 10);
    queues.put(DEAD, batch, 1_000);
    await commands.inspect('fan-out', options);
    for (const part of [
      'no longer has the records',
      'crash or timeout',
      'req-9',
      'RetryAttemptsExhausted',
      SOURCE,
    ])
      expect(lines[0]).toContain(part);
  });

  it('is replayed to its reader from its first to its last record', async () => {
    const { commands, queues, shard, invoked } = terminal();
    shard.fill(20);
    queues.put(DEAD, batch, 1_000);
    await commands.replay('fan-out', options);
    const records: Record<string, any>[] = invoked.flatMap((call) => call.records as Record<string, any>[]);
    expect(records.map(({ dynamodb }) => String(dynamodb.SequenceNumber))).toEqual([
      '8',
      '9',
      '10',
      '11',
      '12',
    ]);
    expect(invoked.map(({ name }) => name)).toEqual(Array(3).fill('posthorn-test-fan-out'));
    expect(records[0]).toMatchObject({
      ...{ eventName: 'INSERT', eventSource: 'aws:dynamodb', eventSourceARN: SOURCE },
      dynamodb: { NewImage: { type: { S: 'msg' }, p: { B: Buffer.from([8]).toString('base64') } } },
    });
    expect(queues.bodies(DEAD)).toEqual([]);
  });

  it('is kept as a whole when the reader fails on one of its records', async () => {
    const { commands, queues, shard, faults, lines } = terminal();
    shard.fill(20);
    faults.on = (records) => records.some(({ dynamodb }) => dynamodb.SequenceNumber === '10');
    queues.put(DEAD, batch, 1_000);
    await commands.replay('fan-out', options);
    expect(lines.at(-1)).toBe('0 replayed, 1 kept.');
    expect(queues.visible(DEAD)).toBe(1);
    faults.on = () => false;
    await commands.replay('fan-out', options);
    expect(queues.bodies(DEAD)).toEqual([]);
  });

  it('does not match a filter by application because it holds records of several', async () => {
    const { commands, queues, shard, lines } = terminal();
    shard.fill(20);
    queues.put(DEAD, batch, 1_000);
    await commands.replay('fan-out', { ...options, app: 'app_1' });
    expect(lines.at(-1)).toBe('0 replayed, 0 kept.');
    expect(queues.visible(DEAD)).toBe(1);
  });
});
