import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCommands } from '../../../scripts/dlq/commands.ts';
import { dlqCommand } from '../../../scripts/dlq/options.ts';
import { deliveryText, fakeStage } from './fake-stage.ts';

const DEAD = 'q/DeliveryDlqUrl';
const WORK = 'q/DeliveryQueueUrl';
const SENT = 1_000;
const NOW = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'posthorn-dlq-'));
afterAll(() => rmSync(folder, { recursive: true }));

const terminal = () => {
  const fake = fakeStage();
  const stop = new AbortController();
  const lines: string[] = [];
  const auditFile = join(folder, `${Math.random()}.jsonl`);
  const commands = makeCommands(() => Promise.resolve(fake.stage), {
    say: (text) => lines.push(text),
    now: () => NOW,
    signal: stop.signal,
    auditFile,
  });
  const run = (line: string) => dlqCommand(commands, NOW).parseAsync(line.split(' '), { from: 'user' });
  /** Puts `count` dead-lettered messages into the queue; those with odd numbers have an entry in the failure log. */
  const fill = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const record = fake.queues.put(DEAD, deliveryText(n), SENT);
      if (n % 2 === 0) continue;
      const error = { errorClass: 'TableBusy', message: 'keys stayed unprocessed', receives: 5 };
      fake.failed({ queue: 'DeliveryQueueUrl', record, ...error, requestId: 'req-1', at: 3_000 });
    }
  };
  return { ...fake, stop, lines, run, fill, audit: () => readFileSync(auditFile, 'utf8') };
};

describe('dlq list', () => {
  it('counts dead-lettered messages by reason and leaves them visible', async () => {
    const { run, fill, lines, queues } = terminal();
    fill(25);
    await run('list');
    const text = lines.join('\n');
    expect(text).toMatch(/delivery +25 dead letters\n +13 {2}crash or timeout.*\n +12 {2}TableBusy/);
    expect(text).toMatch(/announce +0 dead letters/);
    expect(queues.visible(DEAD)).toBe(25);
  });
});

describe('dlq inspect', () => {
  it('shows a dead-lettered message with its queue, ids, reason, receive count and times', async () => {
    const { run, fill, lines } = terminal();
    fill(2);
    await run('inspect delivery --reason tablebusy');
    expect(lines[0]).toMatch(/^delivery, attempt 1\n/);
    for (const part of [
      'org_1',
      'app_1',
      'msg_1',
      'ep_1',
      ...['delivery', 'posthorn-test-deliver'],
      'TableBusy',
      'unprocessed',
      'receives     5',
      'req-1',
    ])
      expect(lines[0]).toContain(part);
    expect(lines.at(-1)).toBe('Shown: 1 of 2 dead letters.');
  });

  it('shows the raw body of a message that it cannot decode', async () => {
    const { run, queues, lines } = terminal();
    queues.put(DEAD, 'rubbish', SENT);
    await run('inspect delivery');
    expect(lines[0]).toMatch(/format that this release does not know[^]*rubbish/);
  });
});

describe('dlq replay', () => {
  it('sends the matching messages back unchanged, once, and leaves the others visible', async () => {
    const { run, fill, queues } = terminal();
    fill(25);
    await run('replay delivery --reason TableBusy --rate 100000');
    const odd = Array.from({ length: 12 }, (_, index) => deliveryText(2 * index + 1));
    expect(queues.bodies(WORK).sort()).toEqual(odd.sort());
    expect(queues.groups(WORK)).toEqual(odd.map(() => 'app_1'));
    expect(queues.visible(DEAD)).toBe(13);
    await run('replay delivery --rate 100000');
    expect(queues.bodies(WORK)).toHaveLength(25);
    expect(queues.bodies(DEAD)).toEqual([]);
  });

  it('counts the matching messages and changes nothing with --dry-run', async () => {
    const { run, fill, queues, lines } = terminal();
    fill(3);
    await run('replay delivery --dry-run');
    expect(lines[0]).toBe('3 dead letters of delivery would be replayed:');
    expect(queues.bodies(WORK)).toEqual([]);
    expect(queues.visible(DEAD)).toBe(3);
  });

  it.each([
    ['--limit 2', 2],
    ['--app app_2', 1],
    ['--endpoint ep_2', 1],
    ['--older-than 1970-01-01T00:00:02Z', 4],
    ['--newer-than 1970-01-01T00:00:02Z', 1],
    ['--reason crash', 4],
    ['--reason nothing', 0],
  ])('with %s replays %i messages', async (option, count) => {
    const { run, fill, queues } = terminal();
    fill(3); // the second message failed last at 3 s, the others were sent at 1 s
    queues.put(DEAD, deliveryText(3, { a: 'app_2' }), SENT);
    queues.put(DEAD, deliveryText(4, { e: 'ep_2' }), SENT);
    await run(`replay delivery --rate 100000 ${option}`);
    expect(queues.bodies(WORK)).toHaveLength(count);
    expect(queues.visible(DEAD)).toBe(5 - count);
  });

  it('leaves messages for the next run that were dead-lettered again during this one', async () => {
    const { run, queues } = terminal();
    queues.put(DEAD, deliveryText(1), NOW + 1);
    await run('replay delivery');
    expect(queues.bodies(WORK)).toEqual([]);
    expect(queues.visible(DEAD)).toBe(1);
  });

  it('leaves the remaining messages visible and loses none when it is interrupted', async () => {
    const { run, fill, queues, stop, stage } = terminal();
    fill(25);
    const { sqs } = stage;
    const send = sqs.send.bind(sqs) as (command: object) => Promise<object>;
    (sqs as { send: unknown }).send = (command: object) => {
      if (command.constructor.name === 'SendMessageBatchCommand') stop.abort();
      return send(command);
    };
    await run('replay delivery --rate 100000');
    expect(queues.bodies(WORK)).toHaveLength(10);
    expect(queues.visible(DEAD)).toBe(15);
  });

  it('keeps messages that the work queue refuses', async () => {
    const { run, fill, queues, stage } = terminal();
    fill(1);
    const send = stage.sqs.send.bind(stage.sqs) as (command: object) => Promise<object>;
    (stage.sqs as { send: unknown }).send = (command: object) =>
      command.constructor.name === 'SendMessageBatchCommand'
        ? Promise.reject(new Error('throttled'))
        : send(command);
    await expect(run('replay delivery')).rejects.toThrow('throttled');
    expect(queues.visible(DEAD)).toBe(1);
  });

  it('records who replayed what in the local audit file and in the stage', async () => {
    const { run, fill, audit, table } = terminal();
    fill(3);
    await run('replay delivery --limit 2 --app app_1');
    const entry = {
      queue: 'delivery',
      action: 'replayed',
      deadLetters: 2,
      stage: 'test',
      filter: { app: 'app_1' },
    };
    expect(JSON.parse(audit())).toMatchObject({ ...entry, who: expect.stringContaining('@') });
    expect(table.all()).toContainEqual(expect.objectContaining(entry));
  });

  it('sends the delivery of an unreadable due item', async () => {
    const { run, queues } = terminal();
    queues.put(DEAD, JSON.stringify({ pk: 'due#1#2', sk: 'x', v: 9, at: 7, rec: deliveryText(1) }), SENT);
    await run('replay delivery');
    expect(queues.bodies(WORK)).toEqual([deliveryText(1)]);
  });

  it('lists the existing queues when the given one is unknown', async () => {
    await expect(terminal().run('replay mail')).rejects.toThrow(/no queue "mail".*fan-out-wide.*announce/);
  });
});

describe('dlq discard', () => {
  it('removes nothing without --yes', async () => {
    const { run, fill, queues, lines } = terminal();
    fill(3);
    await run('discard delivery');
    expect(lines.at(-1)).toBe('Nothing was deleted. Repeat the command with --yes to delete them.');
    expect(queues.visible(DEAD)).toBe(3);
  });

  it('deletes the matching messages and records it', async () => {
    const { run, fill, queues, audit } = terminal();
    fill(5);
    await run('discard delivery --yes --reason TableBusy');
    expect(queues.visible(DEAD)).toBe(3);
    expect(queues.bodies(WORK)).toEqual([]);
    expect(JSON.parse(audit())).toMatchObject({ action: 'discarded', deadLetters: 2 });
  });
});

describe('dlq of the ingest queue', () => {
  const DEAD_EVENTS = 'q/IngestDlqUrl';
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const body = JSON.stringify({ application: 'acme', eventType: 'invoice.paid', payload: {} });

  it('shows the reason with which the function or EventBridge put the record there', async () => {
    const { run, queues, lines } = terminal();
    const refusal = { errorClass: text('ApplicationNotFound'), reason: text('there is no "acme"') };
    queues.put(DEAD_EVENTS, body, SENT, 'refused', { ...refusal, requestId: text('req-7') });
    queues.put(DEAD_EVENTS, body, SENT, '', {
      ERROR_CODE: text('NO_PERMISSIONS'),
      ERROR_MESSAGE: text('may not send'),
    });
    await run('inspect ingest');
    for (const part of [
      'event invoice.paid for application acme',
      'ApplicationNotFound',
      'req-7',
      'no "acme"',
    ])
      expect(lines[0]).toContain(part);
    expect(lines[1]).toMatch(/NO_PERMISSIONS[^]*may not send/);
  });

  it('replays a record with its event id, which for one without was the id of its queue message', async () => {
    const { run, queues } = terminal();
    const id = queues.put(DEAD_EVENTS, body, SENT);
    queues.put(DEAD_EVENTS, body, SENT, 'refused', { eventId: text('first-id') });
    await run('replay ingest');
    expect(queues.bodies('q/IngestQueueUrl')).toEqual([body, body]);
    expect(queues.attributes('q/IngestQueueUrl')).toEqual([
      { eventId: text(id) },
      { eventId: text('first-id') },
    ]);
  });

  it('of an ingest pipeline with a name is named after it, and listed where the stage has it', async () => {
    const { run, queues, lines, stage } = terminal();
    Object.assign(stage, { outputs: ['IngestOrdersEuDlqUrl'] });
    queues.put('q/IngestOrdersEuDlqUrl', body, SENT);
    await run('list');
    expect(lines.join('\n')).toMatch(/ingest-orders-eu +1 dead letter\n/);
    expect(lines.join('\n')).not.toMatch(/^ingest +/m);
    await run('replay ingest-orders-eu');
    expect(queues.bodies('q/IngestOrdersEuQueueUrl')).toEqual([body]);
  });
});
