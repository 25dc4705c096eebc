import { describe, expect, it } from 'vitest';
import type { ApplicationFailures, Attempt } from '../../../portal/src/api/types.ts';
import { fromLocalTime, toLocalTime } from '../../../portal/src/lib/local-time.ts';
import { firstBytes } from '../../../portal/src/lib/first-bytes.ts';
import { NO_FILTERS } from '../../../portal/src/lib/filters.ts';
import { planFor, replayHref, replayPlanOf } from '../../../portal/src/lib/replay-link.ts';
import type { ReplayPlan } from '../../../portal/src/lib/replay-link.ts';
import { upcoming } from '../../../portal/src/screens/delivery/upcoming.ts';
import { addFailures } from '../../../portal/src/screens/failures/add-failures.ts';
import { failureSteps } from '../../../portal/src/screens/failures/failure-steps.ts';
import { groupByEndpoint } from '../../../portal/src/screens/messages/group-by-endpoint.ts';
import { planProblem, replayBody } from '../../../portal/src/screens/replays/replay-order.ts';

const attempt = (id: string, fields: object): Attempt =>
  ({ id, endpointId: 'ep_1', url: 'https://example.com/', status: 2, timestamp: id, ...fields }) as Attempt;

describe('the next attempt of a delivery', () => {
  const at = (timestamp: string, nextAttemptAt: string | null, status = 2) =>
    attempt(timestamp, { status, details: { nextAttemptAt } });

  it('is the retry that the newest attempt decided', () => {
    expect(upcoming([at('2026-11-30T12:00:00Z', '2026-11-30T12:30:00Z')])).toBe('2026-11-30T12:30:00Z');
  });

  it('is that of an earlier attempt if a manual one came in between', () => {
    const attempts = [at('2026-11-30T12:10:00Z', null), at('2026-11-30T12:00:00Z', '2026-11-30T12:30:00Z')];
    expect(upcoming(attempts)).toBe('2026-11-30T12:30:00Z');
  });

  it('is absent after a success, and when the retry was made already', () => {
    expect(
      upcoming([at('2026-11-30T12:00:00Z', null, 0), at('2026-11-30T11:00:00Z', '2026-11-30T13:00:00Z')]),
    ).toBeNull();
    expect(
      upcoming([at('2026-11-30T12:00:00Z', null), at('2026-11-30T11:00:00Z', '2026-11-30T11:59:00Z')]),
    ).toBeNull();
    expect(upcoming([])).toBeNull();
  });
});

describe('failures of an application', () => {
  const page = (fields: Partial<ApplicationFailures>): ApplicationFailures => ({
    since: '2026-11-30T10:00:00Z',
    until: '2026-11-30T12:00:00Z',
    failed: 0,
    canceled: 0,
    causes: [],
    hours: [],
    endpoints: [],
    iterator: null,
    done: true,
    complete: true,
    ...fields,
  });
  const cause = (code: string, count: number) => ({ code, count, sentence: '', advice: '' });
  const pages = [
    page({
      failed: 5,
      causes: [cause('gone', 3), cause('status_5xx', 2)],
      hours: [{ hour: '2026-11-30T11:00:00Z', causes: { gone: 3, status_5xx: 2 } }],
      endpoints: [{ endpointId: 'ep_1', failed: 5, canceled: 0 }],
    }),
    page({
      failed: 4,
      canceled: 2,
      causes: [cause('status_5xx', 4), cause('canceled:endpoint_disabled', 2)],
      hours: [
        { hour: '2026-11-30T11:00:00Z', causes: { status_5xx: 1, 'canceled:endpoint_disabled': 2 } },
        { hour: '2026-11-30T10:00:00Z', causes: { status_5xx: 3 } },
      ],
      endpoints: [{ endpointId: 'ep_2', failed: 4, canceled: 2 }],
    }),
  ];

  it('are the sum of their pages, most frequent cause and worst endpoint first', () => {
    const { failed, canceled, causes, endpoints, complete } = addFailures(pages, true);
    expect({ failed, canceled, complete }).toEqual({ failed: 9, canceled: 2, complete: true });
    expect(causes.map(({ code, count }) => [code, count])).toEqual([
      ['status_5xx', 6],
      ['gone', 3],
      ['canceled:endpoint_disabled', 2],
    ]);
    expect(endpoints.map(({ endpointId }) => endpointId)).toEqual(['ep_2', 'ep_1']);
    expect(addFailures(pages, false).complete).toBe(false);
  });

  it('are shown hour by hour, those without failures too', () => {
    expect(failureSteps(addFailures(pages, true)).map(({ failed, canceled }) => [failed, canceled])).toEqual([
      [3, 0],
      [6, 2],
    ]);
  });

  it('are shown in days for a long period, and nothing is lost', () => {
    const hours = Array.from({ length: 72 }, (_, index) => ({
      hour: new Date(Date.UTC(2026, 10, 1, index)).toISOString(),
      causes: { gone: 1 },
    }));
    const steps = failureSteps({ since: '2026-11-01T00:00:00Z', until: '2026-11-04T00:00:00Z', hours });
    expect(steps.map(({ failed }) => failed)).toEqual([24, 24, 24]);
  });

  it('without a readable period have no steps', () => {
    expect(failureSteps({ since: '', until: '', hours: [] })).toEqual([]);
  });
});

describe('deliveries of a message', () => {
  it('are the endpoints with their attempts, newest first, deleted endpoints too', () => {
    const destination = { id: 'ep_1', url: 'https://one.example/', status: 2, nextAttempt: null };
    const attempts = [
      attempt('2026-11-30T12:00:00Z', { endpointId: 'ep_gone', url: 'https://gone.example/' }),
      attempt('2026-11-30T11:00:00Z', {}),
      attempt('2026-11-30T10:00:00Z', {}),
    ];
    const found = groupByEndpoint([destination], attempts);
    expect(found.map(({ endpointId, attempts: own }) => [endpointId, own.length])).toEqual([
      ['ep_gone', 1],
      ['ep_1', 2],
    ]);
  });
});

describe('plans to send again', () => {
  const plan: ReplayPlan = {
    endpoint: 'ep_1',
    kind: 'recover',
    since: '2026-11-29T00:00:00.000Z',
    until: '2026-11-30T00:00:00.000Z',
    causes: ['status_5xx', 'gone'],
  };
  const nowMs = Date.parse('2026-11-30T12:00:00Z');

  it('come back from the address as they were', () => {
    expect(replayPlanOf(replayHref(plan).split('?')[1] ?? '')).toEqual(plan);
  });

  it('leave out what is invalid in the address', () => {
    expect(replayPlanOf('endpoint=<b>&kind=delete&since=x&causes=nonsense,gone')).toEqual({
      endpoint: '',
      kind: 'recover',
      since: '',
      until: '',
      causes: ['gone'],
    });
  });

  it.each([
    ['endpoint', { endpoint: '' }],
    ['since', { since: '' }],
    ['order', { until: '2026-11-28T00:00:00Z' }],
    ['order', { since: '2026-12-01T00:00:00Z', until: '' }],
    ['long', { since: '2026-11-01T00:00:00Z' }],
    [null, {}],
    [null, { kind: 'replay-missing', since: '' }],
    [null, { kind: 'bulk-replay', since: '2026-11-01T00:00:00Z' }],
  ] as const)('have the problem %s: %j', (problem, changes) => {
    expect(planProblem({ ...plan, ...changes }, nowMs)).toBe(problem);
  });

  it('send only what their command knows', () => {
    const filters = { ...NO_FILTERS, eventTypes: ['a'], status: 'failed', statusClass: 500 } as const;
    const { since, until, causes } = plan;
    expect(replayBody(plan, filters)).toEqual({ since, until, causes });
    expect(replayBody({ ...plan, kind: 'replay-missing' }, filters)).toEqual({ since, until });
    expect(replayBody({ ...plan, kind: 'bulk-replay', until: '' }, filters)).toEqual({
      ...{ since, causes },
      ...{ eventTypes: ['a'], status: 2, statusCodeClass: 500 },
    });
  });

  it('follow from a cause: failures are recovered for 14 days at most, and canceled deliveries where something can be sent', () => {
    const period = { since: '2026-11-02T12:00:00.000Z', until: '2026-11-30T12:00:00.000Z' };
    expect(planFor('gone', period)).toEqual({
      kind: 'recover',
      since: '2026-11-16T12:01:00.000Z',
      causes: ['gone'],
    });
    expect(planFor('canceled:endpoint_disabled', period)).toMatchObject({
      kind: 'replay-missing',
      causes: [],
    });
    expect(planFor('canceled:payload_expired', period)).toBeNull();
    expect(planFor('a_new_cause', period)).toBeNull();
  });
});

it('a field for date and time keeps the instant, in any zone', () => {
  for (const instant of ['2026-03-29T00:59:00.000Z', '2026-11-30T12:34:00.000Z']) {
    expect(fromLocalTime(toLocalTime(instant))).toBe(instant);
  }
  expect([toLocalTime(null), toLocalTime('x')]).toEqual(['', '']);
  expect([fromLocalTime(''), fromLocalTime('2026-13-01T00:00')]).toEqual([null, null]);
});

it.each([
  ['abc', 3, 'abc', false],
  ['abcd', 3, 'abc', true],
  ['aé', 2, 'a', true],
  ['€€', 5, '€', true],
  ['', 5, '', false],
])('the beginning of %j in %i bytes is %j', (text, most, shown, isCut) => {
  expect(firstBytes(text, most)).toEqual({ text: shown, isCut });
});
