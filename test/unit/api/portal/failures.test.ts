import { describe, expect, it } from 'vitest';
import { CANCEL_REASONS } from '../../../../functions/deliver/canceled.domain.ts';
import { CAUSES } from '../../../../functions/deliver/explanation.domain.ts';
import { endpointId } from '../../../../functions/platform/ids/brand.domain.ts';
import type { Attempt } from '../../../../functions/deliver/attempts/attempt.domain.ts';
import { seededIds } from '../../../support/simulation/builders.ts';
import { SUCCEEDED, startDelivering } from '../deliveries.ts';
import { NOW } from '../fakes.ts';

const FAILURES = '/api/v1/app/acme/endpoint/ep1/failures';
const OF_APPLICATION = '/api/v1/app/acme/failures';
const HOUR_MS = 3_600_000;
const HOUR = Math.floor(NOW / HOUR_MS) * HOUR_MS;
const at = (ms: number) => new Date(ms).toISOString();

const UNRESOLVED = { responseStatusCode: 0, cause: 'dns_not_found', url: 'https://gone.example/' } as const;
const CANCELED = {
  responseStatusCode: 0,
  cause: 'canceled:endpoint_disabled',
  decision: { kind: 'canceled', reason: 'endpoint_disabled' },
} as const;

let seed = 0;
/** Starts with attempts whose ids have their times: the ids of a client only increase. */
const start = async () => {
  const client = await startDelivering();
  const recordAttempt = (some: Partial<Attempt> & { readonly at: number }) => {
    seed += 1;
    return client.recordAttempt({ id: seededIds(seed).attempt(some.at), ...some });
  };
  return { ...client, recordAttempt };
};

describe('failures of an endpoint', () => {
  it('are counted by cause and hour over the last 24 hours, with the causes in words', async () => {
    const { send, recordAttempt } = await start();
    recordAttempt({ at: HOUR - 25 * HOUR_MS });
    recordAttempt({ at: HOUR - 5 * HOUR_MS, ...UNRESOLVED });
    recordAttempt({ at: HOUR - 5 * HOUR_MS + 4, ...CANCELED });
    for (const ago of [0, 4, 8]) recordAttempt({ at: HOUR + ago });
    recordAttempt({ at: HOUR + 12, ...SUCCEEDED });
    const { status, json } = await send('GET', FAILURES);
    expect(status).toBe(200);
    expect(json).toEqual({
      since: at(HOUR - 24 * HOUR_MS),
      until: at(HOUR + HOUR_MS),
      ...{ failed: 4, canceled: 1, complete: true },
      causes: [
        {
          ...{ code: 'status_5xx', count: 3, sentence: 'The endpoint failed with status 5xx.' },
          advice: 'Check the logs of the server.',
        },
        {
          ...{ code: 'dns_not_found', count: 1, sentence: 'The host name x does not exist.' },
          advice: expect.any(String),
        },
        {
          ...{ code: 'canceled:endpoint_disabled', count: 1 },
          ...{ sentence: 'Canceled: the endpoint is disabled.', advice: expect.any(String) },
        },
      ],
      hours: [
        {
          hour: at(HOUR - 5 * HOUR_MS),
          causes: { dns_not_found: 1, 'canceled:endpoint_disabled': 1 },
        },
        { hour: at(HOUR), causes: { status_5xx: 3 } },
      ],
    });
  });

  it.each(CAUSES)('have %s in words', async (cause) => {
    const { send, recordAttempt } = await start();
    const [, reason] = /^canceled:(.+)$/.exec(cause) ?? [];
    const canceled = CANCEL_REASONS.find((one) => one === reason);
    const decision =
      canceled === undefined ? {} : { decision: { kind: 'canceled' as const, reason: canceled } };
    recordAttempt({ at: HOUR, cause, ...decision });
    const [explained] = (await send('GET', FAILURES)).json.causes;
    expect(explained).toMatchObject({ code: cause, sentence: expect.stringMatching(/^[A-Za-z].+[^ ]\.$/) });
    expect(JSON.stringify(explained)).not.toMatch(/undefined|NaN| ,/);
  });

  it('are those of the whole hours that a period touches', async () => {
    const { send, recordAttempt } = await start();
    for (const instant of [HOUR - HOUR_MS - 4, HOUR - HOUR_MS, HOUR - 4, HOUR])
      recordAttempt({ at: instant });
    const { json } = await send('GET', `${FAILURES}?since=${at(HOUR - 2000)}&until=${at(HOUR - 1000)}`);
    expect(json.failed).toBe(2);
    const stats = await send('GET', `${FAILURES.replace('failures', 'attempt-stats')}?until=${at(HOUR)}`);
    const all = await send('GET', `${FAILURES}?since=${at(HOUR - 10 * HOUR_MS)}&until=${at(HOUR)}`);
    expect(all.json.failed).toBe(stats.json.fail);
  });

  it.each([
    [`since=${at(NOW - 30 * 24 * HOUR_MS)}`, 'invalid_range'],
    [`until=${at(NOW + HOUR_MS)}`, 'invalid_range'],
  ])('refuse ?%s', async (query, code) => {
    const { send } = await startDelivering();
    expect((await send('GET', `${FAILURES}?${query}`)).json).toMatchObject({ code });
  });

  it('are 404 for an unknown endpoint', async () => {
    const { send } = await startDelivering();
    expect((await send('GET', FAILURES.replace('ep1', 'nope'))).status).toBe(404);
  });
});

describe('failures of an application', () => {
  it('add up those of its endpoints, which are listed with the most failures first', async () => {
    const { send, recordAttempt, endpoint } = await start();
    const other = (await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://y' })).json;
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://z' });
    recordAttempt({ at: HOUR });
    for (const ago of [0, 4])
      recordAttempt({ at: HOUR + ago, endpointId: endpointId(String(other.id)), ...UNRESOLVED });
    const { json } = await send('GET', OF_APPLICATION);
    expect(json).toMatchObject({
      ...{ failed: 3, canceled: 0, complete: true, done: true },
      causes: [
        { code: 'dns_not_found', count: 2, sentence: 'The host name y does not exist.' },
        { code: 'status_5xx', count: 1 },
      ],
      hours: [{ hour: at(HOUR), causes: { status_5xx: 1, dns_not_found: 2 } }],
      endpoints: [
        { endpointId: other.id, failed: 2, canceled: 0 },
        { endpointId: endpoint.id, failed: 1, canceled: 0 },
      ],
    });
  });

  it('are counted page by page of endpoints', async () => {
    const { send, recordAttempt } = await start();
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://y' });
    recordAttempt({ at: HOUR });
    let iterator = '';
    let failed = 0;
    let pages = 0;
    for (let done = false; !done; pages += 1) {
      const { json } = await send('GET', `${OF_APPLICATION}?limit=1${iterator}`);
      iterator = `&iterator=${json.iterator}`;
      failed += Number(json.failed);
      done = json.done;
    }
    expect([failed, pages]).toEqual([1, 2]);
  });

  it('do not contain those of another application', async () => {
    const { send, recordAttempt } = await start();
    recordAttempt({ at: HOUR });
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    const { json } = await send('GET', '/api/v1/app/other/failures');
    expect(json).toMatchObject({
      failed: 0,
      causes: [],
      hours: [],
      endpoints: [],
      iterator: null,
      done: true,
    });
  });
});
