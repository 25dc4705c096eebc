import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../../functions/platform/ids/brand.domain.ts';
import { column } from '../client.ts';
import { SUCCEEDED, startDelivering } from '../deliveries.ts';

const LIST = '/api/v1/app/acme/msg/evt1/endpoint';

/** The message went to three endpoints. */
const threeEndpoints = async () => {
  const client = await startDelivering();
  const others = [];
  for (const uid of ['ep2', 'ep3']) {
    others.push((await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://y', uid })).json.id);
  }
  const ids: string[] = [client.endpoint.id, ...others].sort();
  for (const id of ids) client.recordAttempt({ endpointId: endpointId(id) });
  return { ...client, ids };
};

describe('attempted destinations of a message', () => {
  it('are endpoints with the status of their latest attempt', async () => {
    const { send, endpoint, recordAttempt } = await startDelivering();
    recordAttempt();
    const { metadata: _, ...printed } = endpoint;
    const failed = { status: 2, statusText: 'fail', nextAttempt: '2026-11-23T04:20:01.838Z' };
    expect((await send('GET', `${LIST}/`)).json).toEqual({
      data: [{ ...printed, ...failed }],
      iterator: endpoint.id,
      prevIterator: `-${endpoint.id}`,
      done: true,
    });
    recordAttempt(SUCCEEDED);
    expect((await send('GET', LIST)).json.data).toEqual([
      { ...printed, status: 0, statusText: 'success', nextAttempt: null },
    ]);
  });

  it('are ordered by id, and a page says whether more follow', async () => {
    const { send, ids } = await threeEndpoints();
    const first = (await send('GET', `${LIST}?limit=2`)).json;
    const second = (await send('GET', `${LIST}?limit=2&iterator=${first.iterator}`)).json;
    const back = (await send('GET', `${LIST}?limit=2&iterator=${second.prevIterator}`)).json;
    expect([...first.data, ...second.data].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect([first.done, second.done]).toEqual([false, true]);
    expect([back.data, back.done]).toEqual([first.data, true]);
  });

  it('are an empty list before the first attempt', async () => {
    const { send } = await startDelivering();
    expect((await send('GET', LIST)).json).toEqual({ data: [], iterator: null, done: true });
  });

  it('are 404 for a message that does not exist', async () => {
    const { send } = await startDelivering();
    const { status, json } = await send('GET', '/api/v1/app/acme/msg/nope/endpoint');
    expect([status, json.code]).toEqual([404, 'not_found']);
  });
});

describe('legacy paths of attempt lists', () => {
  it('are answered but missing from the OpenAPI document', async () => {
    const { send, recordAttempt } = await startDelivering();
    const { id } = recordAttempt();
    for (const path of [
      '/api/v1/app/acme/msg/evt1/attempt',
      '/api/v1/app/acme/msg/evt1/endpoint/ep1/attempt',
    ]) {
      expect(column(await send('GET', path), 'id')).toEqual([id]);
      expect((await send('GET', `${path}?status=0`)).json.data).toEqual([]);
    }
    const document: { paths: object } = (await send('GET', '/api/v1/openapi.json')).json;
    const paths = Object.keys(document.paths);
    expect(paths.filter((path) => path.endsWith('/attempt'))).toEqual([]);
  });
});
