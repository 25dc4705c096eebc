import { randomBytes } from 'node:crypto';
import type { MessageAttemptOut } from 'svix';
import { expect, inject, it } from 'vitest';
import { freshOrganization } from '../../support/client.ts';
import type { Organization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl } from '../../support/receiver.ts';
import { rowsOf } from '../../support/rows.ts';

const MESSAGE = { eventType: 'invoice.paid', payload: { n: 1 } };
/** Text that packs to more than a row of the log takes. */
const largeText = () => randomBytes(2_400).toString('base64url');

const start = async (retrySchedule: readonly number[]) => {
  const organization = await freshOrganization();
  const response = await fetch(`${organization.managementUrl}/organization/${organization.orgId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
    body: JSON.stringify({ retrySchedule }),
  });
  expect(response.status).toBe(200);
  const app = await organization.svix.application.create({ name: 'Acme', uid: 'acme' });
  return { ...organization, app };
};

const endpointsWith = async ({ svix }: Organization, responses: readonly string[]) => {
  const urls = responses.map((body, index) => hookUrl(`/large-${index}?status=500&body=${body}`));
  const made = await Promise.all(urls.map((url) => svix.endpoint.create('acme', { url })));
  return new Map(made.map(({ id }, index) => [id, responses[index]!]));
};

const logOf = (orgId: string, appId: string) => rowsOf('DeliveriesTableName', `o#${orgId}#a#${appId}#`);

it('large responses are stored apart, listed page by page, newest first, printed where they are asked for, and erased', async () => {
  const organization = await start([]);
  const { svix, orgId, app } = organization;
  const responses = await endpointsWith(organization, [largeText(), largeText(), largeText()]);
  const { id } = await svix.message.create('acme', MESSAGE);
  await eventually(
    () => svix.messageAttempt.listByMsg('acme', id),
    ({ data }) => data.length === 3,
  );
  const found: MessageAttemptOut[] = [];
  let iterator: string | null = null;
  for (let done = false; !done;) {
    const page = await svix.messageAttempt.listByMsg('acme', id, {
      limit: 1,
      withContent: true,
      ...(iterator !== null && { iterator }),
    });
    found.push(...page.data);
    [iterator, done] = [page.iterator ?? null, page.done];
  }
  expect(found.map((one) => one.id)).toEqual(
    found
      .map((one) => one.id)
      .toSorted()
      .toReversed(),
  );
  expect(new Map(found.map(({ endpointId, response }) => [endpointId, response]))).toEqual(responses);
  const without = await svix.messageAttempt.listByMsg('acme', id, { withContent: false });
  expect(without.data.map(({ response }) => response)).toEqual(['{}', '{}', '{}']);

  const rows = await logOf(orgId, app.id);
  expect(rows.map(({ type }) => type).sort()).toEqual(['at', 'at', 'at', 'response', 'response', 'response']);
  expect(rows.filter((row) => row['ix'] !== undefined)).toEqual([]);

  const [first] = found;
  await svix.messageAttempt.expungeContent('acme', id, first!.id);
  expect((await svix.messageAttempt.get('acme', id, first!.id)).response).toBe('EXPUNGED');
  const sizes = (await logOf(orgId, app.id))
    .filter(({ type }) => type === 'response')
    .map(({ b }) => (b as Uint8Array).byteLength);
  expect(sizes.filter((size) => size < 20)).toHaveLength(1);
  const destinations = await svix.messageAttempt.listAttemptedDestinations('acme', id);
  expect(destinations.data.map((one) => one.id).sort()).toEqual([...responses.keys()].sort());
});

it('attempts are indexed by time where a message expects many, and beside those that were expected', async () => {
  const many = await start(Array.from({ length: 50 }, () => 3_600));
  await endpointsWith(
    many,
    Array.from({ length: 8 }, () => 'busy'),
  );
  const { id } = await many.svix.message.create('acme', MESSAGE);
  await eventually(
    () => many.svix.messageAttempt.listByMsg('acme', id),
    ({ data }) => data.length === 8,
  );
  expect((await logOf(many.orgId, many.app.id)).map(({ ix }) => typeof ix)).toEqual(Array(8).fill('string'));

  const few = await start([]);
  const [endpoint = ''] = (await endpointsWith(few, ['busy'])).keys();
  const sent = await few.svix.message.create('acme', MESSAGE);
  const attempts = (count: number) =>
    eventually(
      () => few.svix.messageAttempt.listByMsg('acme', sent.id),
      ({ data }) => data.length === count,
    );
  await attempts(1);
  await few.svix.messageAttempt.resend('acme', sent.id, endpoint);
  await attempts(2);
  const rows = await logOf(few.orgId, few.app.id);
  expect(rows.map(({ r, ix }) => [r !== undefined, ix !== undefined]).sort()).toEqual([
    [false, false],
    [true, true],
  ]);
});
