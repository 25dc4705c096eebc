import { describe, expect, it } from 'vitest';
import { LATEST_DELIVERY_MS } from '../../../../functions/platform/limits/streams.domain.ts';
import { ID_TIME, NOW, ORG } from '../fakes.ts';
import { complaints, makeClient, token } from '../client.ts';

const ROOT = '/api/v1/app/acme/endpoint/ep1';
const DAY_MS = 86_400_000;
const instant = (atMs: number) => new Date(atMs).toISOString();
const SINCE = instant(NOW - 3_600_000);

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  const endpoint = await client.send('POST', '/api/v1/app/acme/endpoint', {
    url: 'https://x.test',
    uid: 'ep1',
  });
  return { ...client, endpointId: endpoint.json.id as string };
};

describe('recover', () => {
  it('starts a task and answers as the contract says', async () => {
    const { send, simulation, endpointId } = await start();
    const { status, json } = await send('POST', `${ROOT}/recover/`, { since: SINCE });
    expect(status).toBe(202);
    expect(json).toEqual({
      id: expect.stringMatching(/^qtask_\w{27}$/),
      status: 'running',
      task: 'endpoint.recover',
      updatedAt: instant(ID_TIME),
    });
    const [task] = simulation.tasks.all();
    expect(task).toMatchObject({ orgId: ORG, endpointId, since: Date.parse(SINCE), until: ID_TIME });
  });

  it.each([
    ['since more than 14 days ago', { since: instant(NOW - 14 * DAY_MS - 301_000) }],
    ['since more than 14 days before until', { since: SINCE, until: instant(NOW + 14 * DAY_MS) }],
  ])('refuses a period of more than 14 days: %s', async (_, body) => {
    const { send } = await start();
    const answer = await send('POST', `${ROOT}/recover`, body);
    expect(answer.status).toBe(422);
    expect(answer.json.detail).toEqual([
      { loc: ['body', 'since'], msg: 'Cannot recover more than 14 days of messages', type: 'value_error' },
    ]);
  });

  it.each([
    { since: instant(NOW - 14 * DAY_MS - 299_000) },
    { since: SINCE, until: instant(NOW - DAY_MS) },
    { since: instant(NOW + DAY_MS), until: null },
    { since: '2026-11-23 04:00:00.5 UTC' },
  ])('accepts the period %j', async (body) => {
    const { send } = await start();
    expect((await send('POST', `${ROOT}/recover`, body)).status).toBe(202);
  });

  it.each([
    [{}, ['body// value_error.jsondecode']],
    [{ since: 'yesterday' }, ['body/since value_error.jsondecode']],
    [{ since: SINCE, until: 5 }, ['body/until value_error.jsondecode']],
  ])('refuses the body %j', async (body, expected) => {
    const { send } = await start();
    expect(complaints(await send('POST', `${ROOT}/recover`, body))).toEqual(expected);
  });

  it('is allowed for tokens of the application and answers 404 to others', async () => {
    const { send, simulation } = await start();
    const [app] = simulation.applications.values();
    const of = async (sub: string) => ({ authorization: `Bearer ${await token({ sub, org: ORG })}` });
    const body = { since: SINCE };
    expect((await send('POST', `${ROOT}/recover`, body, await of(app!.id))).status).toBe(202);
    expect((await send('POST', `${ROOT}/recover`, body, await of('app_x'))).status).toBe(404);
    expect((await send('POST', '/api/v1/app/acme/endpoint/no/recover', body)).status).toBe(404);
  });

  it('starts one task under one idempotency key', async () => {
    const { send, simulation } = await start();
    const headers = { 'idempotency-key': 'k' };
    const first = await send('POST', `${ROOT}/recover`, { since: SINCE }, headers);
    const second = await send('POST', `${ROOT}/recover`, { since: SINCE }, headers);
    expect(second.text).toBe(first.text);
    expect(simulation.tasks.all()).toHaveLength(1);
  });
});

describe('replay', () => {
  it.each([
    ['replay-missing', 'endpoint.replay'],
    ['bulk-replay', 'endpoint.bulk-replay'],
  ])('by %s starts the task %s at the requested rate', async (path, task) => {
    const { send, simulation } = await start();
    const { status, json } = await send('POST', `${ROOT}/${path}?rate=7`, { since: SINCE, until: null });
    expect([status, json.task, json.status]).toEqual([202, task, 'running']);
    expect(simulation.tasks.all()).toMatchObject([{ kind: task, rate: 7, until: ID_TIME }]);
  });

  it('passes all filters to the task', async () => {
    const { send, simulation } = await start();
    const body = { since: SINCE, eventTypes: ['a', 'b'], channel: 'eu', status: 2, statusCodeClass: 500 };
    await send('POST', `${ROOT}/bulk-replay`, { ...body, tag: 'vip/1' });
    const filters = {
      ...{ eventTypes: ['a', 'b'], channel: 'eu', tag: 'vip/1', progress: 'unsuccessful' },
      statusCodes: { from: 500, to: 599 },
    };
    expect(simulation.tasks.all()).toMatchObject([{ filters }]);
  });

  it.each([
    [0, 'succeeded'],
    [1, 'never'],
    [3, 'sending'],
    [2, 'unsuccessful'],
    [4, 'canceled'],
    [null, null],
  ])('translates the status %j to the filter %j', async (status, progress) => {
    const { send, simulation } = await start();
    await send('POST', `${ROOT}/bulk-replay`, { since: SINCE, status });
    expect(simulation.tasks.all()).toMatchObject([{ filters: { progress } }]);
  });

  it.each([
    [{ tag: 'a b' }, ['body/tag/__all__ value_error']],
    [{ status: 5 }, ['body/status value_error.jsondecode']],
    [{ statusCodeClass: 250 }, ['body/statusCodeClass value_error.jsondecode']],
    [{ eventTypes: [] }, ['body/event_types value_error']],
  ])('refuses %j instead of ignoring the filter', async (some, expected) => {
    const { send, simulation } = await start();
    expect(complaints(await send('POST', `${ROOT}/bulk-replay`, { since: SINCE, ...some }))).toEqual(
      expected,
    );
    expect(simulation.tasks.all()).toHaveLength(0);
  });

  it.each(['recover', 'replay-missing', 'bulk-replay'])(
    'with dry_run estimates %s and starts nothing',
    async (path) => {
      const { send, simulation } = await start();
      const { status, json } = await send('POST', `${ROOT}/${path}?dry_run=true`, { since: SINCE });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        ...{ since: SINCE, until: instant(NOW), messages: 0, complete: true },
        ...{ rate: 50, seconds: 0 },
      });
      expect(simulation.tasks.all()).toHaveLength(0);
    },
  );

  it('without a period begins as long before the endpoint was disabled as a message may take to its first attempt', async () => {
    const { send, simulation } = await start();
    const [one] = simulation.endpoints.values();
    simulation.endpoints.set(one!.id, { ...one!, createdAt: NOW - 86_400_000 });
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: false });
    expect((await send('POST', `${ROOT}/replay-missing`, {})).status).toBe(202);
    expect(simulation.tasks.all()).toMatchObject([
      { kind: 'endpoint.replay', since: NOW - LATEST_DELIVERY_MS },
    ]);
  });

  it.each(['recover', 'replay-missing', 'bulk-replay'])(
    'of a disabled endpoint is refused but can be estimated: %s',
    async (name) => {
      const { send, simulation } = await start();
      await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
      const { status, json } = await send('POST', `${ROOT}/${name}`, { since: SINCE });
      expect([status, json.code]).toEqual([400, 'endpoint_disabled']);
      expect(simulation.tasks.all()).toHaveLength(0);
      expect((await send('POST', `${ROOT}/${name}?dry_run=true`, { since: SINCE })).status).toBe(200);
    },
  );

  it('requires a period for an endpoint that was never disabled', async () => {
    const { send } = await start();
    expect(complaints(await send('POST', `${ROOT}/replay-missing`, {}))).toEqual(['body/since value_error']);
  });

  it.each(['rate=0', 'rate=301'])('refuses ?%s', async (query) => {
    const { send } = await start();
    expect((await send('POST', `${ROOT}/replay-missing?${query}`, { since: SINCE })).status).toBe(422);
  });
});
