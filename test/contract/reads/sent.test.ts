import { beforeAll, expect, it } from 'vitest';
import type { SentReader } from '../../../functions/replay/task-page.flow.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeSentReader } from '../../../functions/replay/sent.dynamo.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { APP, ENDPOINT, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { emulatorDynamo, freshTable } from './tables.ts';

const HERE = { orgId: ORG, appId: APP, endpointId: ENDPOINT };
const ids = seededIds(31);
const messageIds = seededIds(32);
const attempts = Array.from({ length: 40 }, () =>
  attempt({ id: ids.attempt(NOON), messageId: messageIds.message(NOON), response: '' }),
);
const elsewhere = attempt({ id: ids.attempt(NOON), endpointId: ids.endpoint(NOON) });

let sent: SentReader;
beforeAll(async () => {
  const client = emulatorDynamo();
  const table = await freshTable(client);
  await makeProject(makeViews(client, table, makeInsertNew(client, table)))([...attempts, elsewhere]);
  sent = makeSentReader(client, table);
});

it('sent reader finds the messages and attempts of one endpoint by their ids and none of another', async () => {
  const states = await sent.states(HERE, [
    ...attempts.map(({ messageId }) => messageId),
    elsewhere.messageId,
  ]);
  expect(states).toEqual(attempts.map(endpointMessageOf));
  const found = await sent.attempts(HERE, [...attempts.map(({ id }) => id), elsewhere.id]);
  expect(found).toEqual(attempts);
});
