import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';
import { ingestOrganization } from '../../support/client.ts';
import { bootedStage, dlqOn } from '../../support/drill.ts';
import { ingestSqs, output, putEvents } from '../../support/ingest.ts';
import { eventually } from '../../support/poll.ts';

const page = readFileSync(join(projectDir, 'docs/ingest.md'), 'utf8');
/** What a command of the page has after an option, in quotes. */
const argument = (command: string, option: string): string =>
  new RegExp(`^${command} [^\\n]*${option} '([^']*)'`, 'm').exec(page)?.[1] ?? '';
/** The commands for dead letters, as their arguments. */
const dlqCommands = [...page.matchAll(/^npm run dlq -- (.*) --stage prod(.*)$/gm)].map(
  ([, command = '', options = '']) => `${command}${options}`,
);

it('docs/ingest.md: its commands publish two messages, and replay a record whose application is created late', async () => {
  const { svix } = await ingestOrganization();
  // The AWS CLI sends what the SDK sends; the bus and the queue are those of the test's stage.
  const entries = JSON.parse(argument('aws events put-events', '--entries')) as {
    EventBusName: string;
    Source: string;
    DetailType: string;
    Detail: string;
  }[];
  await svix.application.getOrCreate({ name: 'Acme', uid: 'acme' });
  await putEvents(entries.map(({ EventBusName: _, ...entry }) => entry));
  const MessageBody = argument('aws sqs send-message', '--message-body');
  const send = (body: string) =>
    ingestSqs().send(new SendMessageCommand({ QueueUrl: output('IngestQueueUrl'), MessageBody: body }));
  await send(MessageBody);
  for (const eventId of ['order-17', 'order-18'])
    expect(await eventually(() => svix.message.get('acme', eventId))).toMatchObject({
      eventType: 'order.created',
    });

  const dlq = dlqOn(bootedStage());
  await send(MessageBody.replace('"acme"', '"late-shop"'));
  const [inspect, dryRun, replay] = dlqCommands;
  await eventually(
    () => dlq(inspect!),
    (text) => text.includes('late-shop'),
    { what: 'the dead letter' },
  );
  await svix.application.create({ name: 'Late', uid: 'late-shop' });
  // Only this test's record: other tests have dead letters with the same reason.
  const own = (command: string) => command.replace('ApplicationNotFound', 'late-shop');
  expect(await dlq(own(dryRun!))).toContain('1 dead letter of ingest would be replayed');
  expect(await dlq(own(replay!))).toMatch(/1 replayed, 0 kept/);
  expect(await eventually(() => svix.message.get('late-shop', 'order-18'))).toMatchObject({
    eventId: 'order-18',
  });
});
