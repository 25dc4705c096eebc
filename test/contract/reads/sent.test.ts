import { beforeAll, expect, it } from 'vitest';
import type { SentReader } from '../../../functions/replay/task-page.flow.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeSentReader } from '../../../functions/replay/sent.dynamo.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { APP, ENDPOINT, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { freshTable } from './tables.ts';
import { emulatorDynamo } from '../emulator.ts';

const HERE = { orgId: ORG, appId: APP, endpointId: ENDPOINT };
const ids = seededIds(31);
const messageIds = seededIds(32);
/** Every second one succeeds promptly, and has no row in the list of messages. */
const attempts = Array.from({ length: 40 }, (_, index) => {
  const messageId = messageIds.message(NOON);
  return attempt({
    ...{ messageId, id: ids.attempt(NOON), response: '' },
    ...(index % 2 === 0
      ? {}
      : { succeeded: false, responseStatusCode: 500, decision: { kind: 'exhausted' } }),
  });
});
/** A resend that failed after a prompt success: its row alone shows no success of the message. */
const resend = attempt({
  ...{ messageId: attempts[0]!.messageId, id: ids.attempt(NOON), trigger: { kind: 'manual', request: 'r' } },
  ...{ succeeded: false, responseStatusCode: 500, decision: { kind: 'manual-failed' }, response: '' },
});
const elsewhere = attempt({ id: ids.attempt(NOON), endpointId: ids.endpoint(NOON) });

let sent: SentReader;
beforeAll(async () => {
  const client = emulatorDynamo();
  const [table, deliveries] = await Promise.all([freshTable(client), freshTable(client)]);
  const log = makeAttemptLog(client, { deliveries, control: table }, makeInsertNew(client, deliveries));
  const all = [...attempts, resend, elsewhere];
  await Promise.all(all.map((one) => log.record(one)));
  await makeProject(makeViews(client, table, makeInsertNew(client, table)))(all);
  sent = makeSentReader({ client, deliveries, views: table });
});

it('sent reader finds the messages of one endpoint by their ids and none of another', async () => {
  const states = await sent.states(HERE, [
    ...attempts.map(({ messageId }) => messageId),
    elsewhere.messageId,
  ]);
  const resent = { ...endpointMessageOf(resend), everSucceeded: true };
  expect(states).toEqual([resent, ...attempts.slice(1).map(endpointMessageOf)]);
});
