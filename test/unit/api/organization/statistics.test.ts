import { describe, expect, it } from 'vitest';
import { complaints, makeClient, token } from '../client.ts';
import { ID_TIME, NOW, ORG } from '../fakes.ts';
import { isStatistics } from '../../../../functions/replay/task.domain.ts';

const USAGE = '/api/v1/stats/usage/app/';
const TYPES = '/api/v1/stats/usage/event-types/';
const [since, until] = ['2026-11-01T00:00:00Z', '2026-11-20T00:00:00Z'];

const start = async () => {
  const { send, simulation } = await makeClient();
  const made = async (uid: string) => {
    const { json } = await send('POST', '/api/v1/app', { name: uid, uid });
    return String(json.id);
  };
  const apps = [await made('one'), await made('two')] as const;
  const usage = (body: object, headers?: Record<string, string>) =>
    send('POST', USAGE, { since, until, ...body }, headers);
  /** Ends the only task with these parts. */
  const finish = async (parts: readonly string[]) => {
    const [task] = simulation.tasks.all();
    if (task === undefined || !isStatistics(task)) throw new Error('no task of statistics');
    for (const [part, json] of parts.entries()) await simulation.results.put(task, part, json, NOW);
    await simulation.tasks.lease(task, 'run', NOW, NOW);
    const cursor = JSON.stringify({ parts: parts.length, bytes: 9, after: null, open: null });
    await simulation.tasks.advance({ ...task, cursor, state: { kind: 'finished' } }, 'run', null);
    return (await send('GET', `/api/v1/background-task/${task.id}`)).json as {
      readonly data: Readonly<Record<string, unknown>>;
    };
  };
  return { send, simulation, apps, usage, finish };
};

describe('statistics API', () => {
  it('starts a task that counts all applications, and prints its result when it is finished', async () => {
    const { usage, simulation, send, finish } = await start();
    const { status, json } = await usage({});
    const [task] = simulation.tasks.all();
    expect([status, json]).toEqual([
      202,
      {
        ...{ id: task?.id, status: 'running', task: 'application.stats' },
        ...{ updatedAt: new Date(ID_TIME).toISOString(), unresolvedAppIds: [] },
      },
    ]);
    expect(task).toMatchObject({
      orgId: ORG,
      appId: null,
      apps: null,
      since: Date.parse(since),
      until: Date.parse(until),
    });
    const period = { since: '2026-11-01T00:00:00.000Z', until: '2026-11-20T00:00:00.000Z' };
    const running = (await send('GET', `/api/v1/background-task/${json.id}`)).json;
    expect(running.data).toEqual({ ...period, progress: 0 });
    const [first, second] = ['one', 'two'].map((appUid) => ({
      appId: 'app_x',
      appUid,
      messageDestinations: 3,
    }));
    const finished = await finish([JSON.stringify([first]), '[]', JSON.stringify([second])]);
    expect(finished).toMatchObject({
      status: 'finished',
      data: { ...period, progress: 1, appStats: [first, second] },
    });
    const listed = await send('GET', '/api/v1/background-task?task=application.stats');
    expect(listed.json.data).toMatchObject([{ id: json.id, data: { progress: 1 } }]);
    expect(listed.text).not.toContain('appStats');
  });

  it('counts the applications that are named by id or uid, and names those that do not exist', async () => {
    const { usage, simulation, apps } = await start();
    const { json } = await usage({ appIds: ['two', 'three', apps[0], apps[1]] });
    expect(json.unresolvedAppIds).toEqual(['three']);
    const [task] = simulation.tasks.all();
    expect(task).toMatchObject({ apps: [apps[1], apps[0]] });
  });

  it('starts one task for two requests with one idempotency key', async () => {
    const { usage, simulation } = await start();
    const [first, second] = [
      await usage({}, { 'idempotency-key': 'k' }),
      await usage({}, { 'idempotency-key': 'k' }),
    ];
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(simulation.tasks.all()).toHaveLength(1);
  });

  it.each<[object, string]>([
    [{ appIds: ['three'] }, 'body/app_ids value_error'],
    [{ appIds: [] }, 'body/app_ids value_error'],
    [{ since: until, until: since }, 'body/until value_error'],
    [{ since: 'yesterday' }, 'body/since value_error.jsondecode'],
    [{ appIds: Array.from({ length: 1_001 }, (_, index) => `a${index}`) }, 'body/app_ids value_error'],
  ])('answers 422 to %j and starts no task', async (body, complaint) => {
    const { usage, simulation } = await start();
    const answer = await usage(body);
    expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
    expect(simulation.tasks.all()).toEqual([]);
  });

  it('starts a task that finds what endpoints subscribe to, and prints its result', async () => {
    const { send, finish } = await start();
    const { status, json } = await send('PUT', TYPES);
    expect([status, json.task, json.status]).toEqual([202, 'event-type.aggregate', 'running']);
    const found = { appId: 'app_x', explicitlySubscribedEventTypes: ['a'], hasCatchAllEndpoint: true };
    expect((await finish([JSON.stringify([found])])).data['event_types']).toEqual([found]);
  });

  it('hides its tasks from tokens of applications, and cancels them for the organization', async () => {
    const { send, usage, apps, simulation } = await start();
    const { json } = await usage({});
    const own = { authorization: `Bearer ${await token({ sub: apps[0], org: ORG })}` };
    const task = `/api/v1/background-task/${json.id}`;
    expect((await send('GET', task, undefined, own)).status).toBe(404);
    expect((await send('POST', `${task}/cancel`, undefined, own)).status).toBe(404);
    expect((await send('GET', '/api/v1/app/one/background-task', undefined, own)).json.data).toEqual([]);
    expect((await send('POST', `${task}/cancel`)).json).toMatchObject({
      status: 'failed',
      data: { reason: 'cancelled' },
    });
    expect(simulation.tasks.all()[0]?.state.kind).toBe('failed');
  });
});
