import { describe, expect, it } from 'vitest';
import { ID_TIME, NOW, ORG } from '../fakes.ts';
import { column, makeClient, token } from '../client.ts';

const TASKS = '/api/v1/background-task';
const since = new Date(NOW - 60_000).toISOString();

/** A recover, a replay-missing and a bulk-replay of one endpoint, in this order. */
const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep1' });
  const ids: string[] = [];
  for (const path of ['recover', 'replay-missing', 'bulk-replay']) {
    const answer = await client.send('POST', `/api/v1/app/acme/endpoint/ep1/${path}`, { since });
    ids.push(answer.json.id as string);
  }
  const [app] = client.simulation.applications.values();
  return { ...client, ids, app: app! };
};

const tokenOf = async (sub: string) => ({ authorization: `Bearer ${await token({ sub, org: ORG })}` });

describe('background tasks', () => {
  it('are returned with their progress', async () => {
    const { send, ids, app, simulation } = await start();
    const { status, json } = await send('GET', `${TASKS}/${ids[0]}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      id: ids[0],
      status: 'running',
      task: 'endpoint.recover',
      updatedAt: new Date(ID_TIME).toISOString(),
      data: {
        appId: app.id,
        endpointId: [...simulation.endpoints.keys()][0],
        since,
        until: new Date(ID_TIME).toISOString(),
        messagesSent: 0,
        progress: 0,
        rate: 50,
      },
    });
  });

  it('of one application are listed for its tokens too, by endpoint', async () => {
    const { send, ids, app } = await start();
    const OF_APP = '/api/v1/app/acme/background-task';
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://y.test', uid: 'ep2' });
    const other = (await send('POST', '/api/v1/app/acme/endpoint/ep2/recover', { since })).json;
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    await send('POST', '/api/v1/app/other/endpoint', { url: 'https://z.test', uid: 'ep1' });
    await send('POST', '/api/v1/app/other/endpoint/ep1/recover', { since });
    const as = await tokenOf(app.id);
    expect(column(await send('GET', OF_APP, undefined, as), 'id')).toEqual([other.id, ...ids.toReversed()]);
    const ofEndpoint = await send('GET', `${OF_APP}?endpoint_id=ep2`, undefined, as);
    expect(column(ofEndpoint, 'id')).toEqual([other.id]);
    const recovers = await send('GET', `${OF_APP}?endpoint_id=ep1&task=endpoint.recover&status=running`);
    expect(column(recovers, 'id')).toEqual([ids[0]]);
    const foreign = await send('GET', '/api/v1/app/other/background-task', undefined, as);
    expect(foreign.status).toBe(404);
  });

  it('are listed newest first in pages that can be walked in both directions', async () => {
    const { send, ids } = await start();
    const first = await send('GET', `${TASKS}?limit=2`);
    expect(column(first, 'id')).toEqual([ids[2], ids[1]]);
    expect(first.json.done).toBe(false);
    const rest = await send('GET', `${TASKS}/?limit=2&iterator=${first.json.iterator}`);
    expect([column(rest, 'id'), rest.json.done]).toEqual([[ids[0]], true]);
    const back = await send('GET', `${TASKS}?limit=2&iterator=${rest.json.prevIterator}`);
    expect(column(back, 'id')).toEqual([ids[2], ids[1]]);
    expect(column(await send('GET', `${TASKS}?order=ascending`), 'id')).toEqual(ids);
  });

  it('are filtered by kind and status', async () => {
    const { send, ids } = await start();
    await send('POST', `${TASKS}/${ids[1]}/cancel`);
    expect(column(await send('GET', `${TASKS}?task=endpoint.bulk-replay`), 'id')).toEqual([ids[2]]);
    expect(column(await send('GET', `${TASKS}?status=failed`), 'id')).toEqual([ids[1]]);
    expect(column(await send('GET', `${TASKS}?task=application.stats`), 'id')).toEqual([]);
    expect((await send('GET', `${TASKS}?status=paused`)).status).toBe(400);
    expect((await send('GET', `${TASKS}?iterator=app_x`)).status).toBe(422);
  });

  it('fail with the reason cancelled once they are cancelled; cancelling again changes nothing', async () => {
    const { send, ids, simulation } = await start();
    for (const path of [`${TASKS}/${ids[0]}/cancel`, `${TASKS}/${ids[0]}/cancel/`]) {
      const { status, json } = await send('POST', path);
      expect([status, json.status, json.data.reason]).toEqual([200, 'failed', 'cancelled']);
    }
    const [task] = simulation.tasks.all().filter(({ id }) => id === ids[1]);
    await simulation.tasks.lease(task!, 'run', NOW, NOW);
    await simulation.tasks.advance({ ...task!, state: { kind: 'finished' } }, 'run', null);
    const { json } = await send('POST', `${TASKS}/${ids[1]}/cancel`);
    expect([json.status, json.data.progress]).toEqual(['finished', 1]);
  });

  it('are visible to the token of their own application, and only the organization may list them', async () => {
    const { send, ids, app } = await start();
    const [own, foreign] = [await tokenOf(app.id), await tokenOf('app_other')];
    expect((await send('GET', `${TASKS}/${ids[0]}`, undefined, own)).status).toBe(200);
    expect((await send('GET', `${TASKS}/${ids[0]}`, undefined, foreign)).status).toBe(404);
    expect((await send('POST', `${TASKS}/${ids[0]}/cancel`, undefined, foreign)).status).toBe(404);
    expect((await send('GET', TASKS, undefined, own)).status).toBe(403);
  });

  it.each([TASKS + '/qtask_x', `${TASKS}/qtask_3MUaSOQwICSdFwz6gbB61bud7nh`])(
    'that do not exist are 404: %s',
    async (path) => {
      const { send } = await start();
      expect((await send('GET', path)).status).toBe(404);
      expect((await send('POST', `${path}/cancel`)).status).toBe(404);
    },
  );
});
