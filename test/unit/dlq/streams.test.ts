import { describe, expect, it } from 'vitest';
import { makeCommands } from '../../../scripts/dlq/commands.ts';
import { fakeStage } from './fake-stage.ts';

const DEAD = 'q/FanOutStreamDlqUrl';
const SOURCE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/messages/stream/2026';
const KEY = { pk: 'o#org_1#a#app_1#m#3', sk: 'msg_1' };

const letter = (changes: object = {}) =>
  JSON.stringify({
    ...{ v: 1, type: 'stream-record', source: SOURCE, change: 'INSERT', sequenceNumber: '7' },
    keys: JSON.stringify({ pk: { S: KEY.pk }, sk: { S: KEY.sk } }),
    ...{ errorClass: 'ZodError', reason: 'bad row' },
    ...changes,
  });

const batch = JSON.stringify({
  requestContext: { requestId: 'req-9', condition: 'RetryAttemptsExhausted', functionArn: 'arn' },
  DDBStreamBatchInfo: {
    ...{ shardId: 'shard-1', startSequenceNumber: '10', endSequenceNumber: '20', batchSize: 11 },
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

describe('a letter of a stream', () => {
  it('is explained by its keys and reason', async () => {
    const { commands, queues, lines } = terminal();
    queues.put(DEAD, letter(), 1_000);
    await commands.inspect('fan-out', options);
    for (const part of ['stream record', 'org_1', 'app_1', 'msg_1', 'ZodError', 'bad row'])
      expect(lines[0]).toContain(part);
  });

  it('goes to its reader again with the item as it is now', async () => {
    const { commands, queues, table, invoked } = terminal();
    table.put({ ...KEY, type: 'msg', p: Buffer.from('bytes') });
    queues.put(DEAD, letter(), 1_000);
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

  it('stays when the reader fails', async () => {
    const { commands, queues, table, answer } = terminal();
    table.put({ ...KEY, type: 'msg' });
    answer.error = 'Unhandled';
    queues.put(DEAD, letter(), 1_000);
    await expect(commands.replay('fan-out', options)).rejects.toThrow('posthorn-test-fan-out failed');
    expect(queues.inSight(DEAD)).toBe(1);
  });

  it.each([
    ['its item is gone', letter(), /item is gone/],
    ['what it was before counts and is not kept', letter({ change: 'MODIFY' }), /not kept/],
    ['it is a whole batch', batch, /reconcile -- --since 2026-11-23T10:00:00.000Z/],
  ])('stays with a word of advice when %s', async (_, body, advice) => {
    const { commands, queues, table, lines, invoked } = terminal();
    if (body.includes('MODIFY')) table.put({ ...KEY, type: 'msg' });
    queues.put(DEAD, body, 1_000);
    await commands.replay('fan-out', options);
    expect(lines[0]).toMatch(advice);
    expect(invoked).toEqual([]);
    expect(queues.inSight(DEAD)).toBe(1);
  });
});
