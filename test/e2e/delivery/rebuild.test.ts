import { expect, inject, it } from 'vitest';
import { wireRebuild } from '../../../functions/read-models/rebuild/rebuild.wiring.ts';
import { makeRebuild } from '../../../functions/read-models/rebuild/rebuild.flow.ts';
import { VIEWS } from '../../../functions/read-models/rebuild/rebuild.port.ts';
import { makeDynamo } from '../../../functions/platform/aws/clients.ts';
import { emulatorVariables } from '../../../scripts/local/deploy/guard.ts';
import { freshOrganization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl } from '../../support/receiver.ts';
import { DeleteCommand } from '../../../functions/platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { scanPages } from '../../support/scan-pages.ts';

/** Deletes all read-model rows of an organization; returns their number. */
const deleteViews = async (client: DynamoClient, TableName: string, orgId: string): Promise<number> => {
  let rows = 0;
  for await (const page of scanPages(client, TableName)) {
    const own = page.filter((item) => String(item['pk']).startsWith(`o#${orgId}#`));
    rows += own.length;
    await Promise.all(
      own.map(({ pk, sk }) => client.send(new DeleteCommand({ TableName, Key: { pk, sk } }))),
    );
  }
  return rows;
};

it('rebuild: lists whose rows were deleted are the same again while other traffic flows', async () => {
  const { awsEndpointUrl, outputs } = inject('stack');
  Object.assign(process.env, emulatorVariables(awsEndpointUrl));
  const client = makeDynamo();
  const [deliveries, views, control] = ['Deliveries', 'Views', 'Control'].map(
    (name) => outputs[`${name}TableName`]!,
  );
  const { svix, orgId } = await freshOrganization();
  const app = await svix.application.create({ name: 'Acme' });
  const endpoint = await svix.endpoint.create(app.id, { url: hookUrl('/rebuilt?status=500') });
  const publish = () => svix.message.create(app.id, { eventType: 'invoice.paid', payload: {} });
  await Promise.all([publish(), publish(), publish()]);
  const lists = async () => ({
    attempts: (await svix.messageAttempt.listByEndpoint(app.id, endpoint.id)).data,
    messages: (await svix.messageAttempt.listAttemptedMessages(app.id, endpoint.id)).data,
  });
  const full = await eventually(
    lists,
    ({ attempts, messages }) => attempts.length >= 3 && messages.length === 3,
  );
  expect(await deleteViews(client, views!, orgId)).toBeGreaterThanOrEqual(6);
  const rebuild = makeRebuild({
    ...wireRebuild(client, { deliveries: deliveries!, views: views!, control: control! }),
    stopped: () => false,
    onPage: () => undefined,
  });
  expect(await rebuild(VIEWS, 2, () => undefined)).toBe(true);
  const again = await lists();
  expect(again.attempts.map(({ id }) => id)).toEqual(
    expect.arrayContaining(full.attempts.map(({ id }) => id)),
  );
  expect(again.messages.map(({ id }) => id)).toEqual(full.messages.map(({ id }) => id));
});
