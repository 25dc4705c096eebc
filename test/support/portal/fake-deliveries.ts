import { FAKE_EVENT_TYPES, causeOf, fakeAttempt, fakeFailures } from './fake-data.ts';
import type { FakeCause } from './fake-data.ts';
import { NOT_FOUND, list } from './fake-route.ts';
import type { Answer, Call, Route } from './fake-route.ts';

/** Messages, their deliveries, failures of the application and replays: what the API in memory answers about them. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();

export const FAKE_MESSAGE = 'msg_2pQ000000000000000000000985';

/** One attempt of the message for each case that the screen distinguishes. */
export const FAKE_ATTEMPTS = {
  failed: 'atmpt_2pQfailed',
  timeout: 'atmpt_2pQtimeout',
  succeeded: 'atmpt_2pQsucceeded',
  canceled: 'atmpt_2pQcanceled',
} as const;

/** Numbers and spaces that parsing would change, and markup. */
export const FAKE_PAYLOAD =
  '{"id": 15, "amount": 1250.00, "big": 12345678901234567890, "note": "<img src=x onerror=alert(1)>"}';

const MARKUP = '<html><script>document.title = "run"</script><b>503</b></html>';

const attemptsOf = ({ state, nowMs }: Call) => {
  const [, endpoint] = state.endpoints;
  if (endpoint === undefined) return [];
  const base = fakeAttempt(15, endpoint, nowMs);
  const of = (id: string, minutesAgo: number, fields: object, details: object) => ({
    ...base,
    ...{ id, msgId: FAKE_MESSAGE, timestamp: iso(nowMs - minutesAgo * MINUTE_MS) },
    ...fields,
    details: { ...base.details, ...details },
  });
  const failed = (code: FakeCause) => ({ cause: causeOf(code), decision: 'retry' });
  return [
    of(
      FAKE_ATTEMPTS.failed,
      5,
      { status: 2, responseStatusCode: 503, response: MARKUP },
      {
        ...failed('status_5xx'),
        nextAttemptAt: iso(nowMs + 25 * MINUTE_MS),
        response: { headers: [], truncated: true },
      },
    ),
    of(
      FAKE_ATTEMPTS.timeout,
      35,
      { status: 2, responseStatusCode: 0, response: 'No answer.', responseDurationMs: 15_000 },
      { ...failed('timeout_response'), nextAttemptAt: iso(nowMs - 5 * MINUTE_MS), response: null },
    ),
  ];
};

const others = (call: Call) => {
  const [template] = attemptsOf(call);
  if (template === undefined) return [];
  const { details } = template;
  const canceled = { code: 'canceled:endpoint_disabled', sentence: 'Canceled.', advice: 'Enable it.' };
  return [
    {
      ...template,
      ...{ id: FAKE_ATTEMPTS.succeeded, status: 0, responseStatusCode: 200, response: '{"ok":true}' },
      details: { ...details, cause: null, decision: 'succeeded', nextAttemptAt: null },
    },
    {
      ...template,
      ...{ id: FAKE_ATTEMPTS.canceled, status: 4, responseStatusCode: 0, response: 'Canceled.' },
      details: {
        ...details,
        ...{ cause: canceled, request: null, response: null, phases: null },
        ...{ decision: 'canceled', nextAttemptAt: null },
      },
    },
  ];
};

const fakeMessage = (number: number, nowMs: number) => ({
  id: `msg_2pQ${String(1000 - number).padStart(24, '0')}`,
  eventId: number % 3 === 0 ? `event-${number}` : null,
  eventType: FAKE_EVENT_TYPES[number % FAKE_EVENT_TYPES.length]?.name ?? 'order.created',
  channels: number % 4 === 0 ? ['project_42'] : null,
  ...(number % 5 === 0 ? { tags: ['priority'] } : {}),
  timestamp: iso(nowMs - number * 7 * MINUTE_MS),
});

const PAGE = 20;
const MESSAGES = 50;

const messages = ({ state, query, nowMs }: Call, fields: (number: number) => object = () => ({})): Answer => {
  const start = Number(query.get('iterator') ?? 0);
  const types = query.get('event_types')?.split(',');
  const all = Array.from({ length: state.isEmpty ? 0 : MESSAGES }, (_, index) => ({
    ...fakeMessage(index + 1, nowMs),
    ...fields(index + 1),
  })).filter(({ eventType }) => types?.includes(eventType) !== false);
  const done = start + PAGE >= all.length;
  const data = all.slice(start, start + PAGE);
  return [
    200,
    { data, done, iterator: done ? null : String(start + PAGE), prevIterator: start > 0 ? '0' : null },
  ];
};

const task = (id: string, { nowMs, state }: Call, fields: object, data: object = {}) => ({
  id,
  status: 'running',
  task: 'endpoint.recover',
  updatedAt: iso(nowMs - 4_000),
  data: {
    ...{ appId: 'app_2pQ1', endpointId: state.endpoints[1]?.id ?? 'ep_gone' },
    ...{ since: iso(nowMs - 24 * HOUR_MS), until: iso(nowMs), messagesSent: 200, progress: 0.4, rate: 50 },
    ...data,
  },
  ...fields,
});

const isStopped = ({ state }: Call) => state.requests.some((one) => one.endsWith('/cancel'));

const tasks = (call: Call) =>
  call.state.isEmpty
    ? []
    : [
        isStopped(call)
          ? task('qtask_1', call, { status: 'failed' }, { reason: 'cancelled' })
          : task('qtask_1', call, {}),
        task('qtask_2', call, { status: 'finished', task: 'endpoint.replay' }, { progress: 1 }),
        task('qtask_3', call, { status: 'failed' }, { reason: 'cancelled' }),
        task(
          'qtask_4',
          call,
          { status: 'failed', task: 'endpoint.bulk-replay' },
          { reason: 'endpoint was deleted' },
        ),
      ];

/** What every preview counts. */
export const FAKE_ESTIMATE = 500;

const replay = ({ query, nowMs }: Call): Answer => {
  const times = { since: iso(nowMs - 24 * HOUR_MS), until: iso(nowMs) };
  return query.get('dry_run') === 'true'
    ? [
        200,
        {
          task: 'endpoint.recover',
          ...times,
          messages: FAKE_ESTIMATE,
          complete: true,
          rate: 50,
          seconds: 10,
        },
      ]
    : [202, { id: 'qtask_1', status: 'running', task: 'endpoint.recover', updatedAt: iso(nowMs) }];
};

const failures = ({ state, query, nowMs }: Call): Answer => {
  const counted = fakeFailures(nowMs, query.get('since') ?? '', iso(nowMs));
  const [, second, , fourth] = state.endpoints;
  const none = { failed: 0, causes: [], hours: [], endpoints: [] };
  const endpoints = [second, fourth].flatMap((endpoint) =>
    endpoint === undefined ? [] : [{ endpointId: endpoint.id, failed: 10, canceled: 2 }],
  );
  return [200, { ...counted, endpoints, iterator: null, done: true, ...(state.isEmpty ? none : {}) }];
};

const message = ({ nowMs }: Call) => ({
  ...fakeMessage(15, nowMs),
  ...{ id: FAKE_MESSAGE, eventId: 'event-15', tags: ['priority'], channels: ['project_42'] },
  payload: {},
});

const APP = '/api/v1/app/[^/]+';
const on = (path: string) => new RegExp(`^${path}$`);

export const DELIVERY_ROUTES: readonly Route[] = [
  ['GET', on(`${APP}/msg`), messages],
  [
    'GET',
    on(`${APP}/endpoint/[^/]+/msg`),
    (call) => messages(call, (number) => ({ status: [0, 2, 3, 4][number % 4] })),
  ],
  [
    'GET',
    on(`${APP}/msg/([^/]+)`),
    (call) => (call.params[0] === FAKE_MESSAGE ? [200, message(call)] : NOT_FOUND),
  ],
  [
    'GET',
    on(`${APP}/msg/[^/]+/attempt/([^/]+)`),
    (call) => {
      const found = [...attemptsOf(call), ...others(call)].find(({ id }) => id === call.params[0]);
      return found === undefined ? NOT_FOUND : [200, found];
    },
  ],
  [
    'GET',
    on(`${APP}/attempt/msg/[^/]+`),
    (call) => [
      200,
      list(call.query.has('endpoint_id') ? attemptsOf(call) : [...attemptsOf(call), ...others(call)]),
    ],
  ],
  [
    'GET',
    on(`${APP}/msg/[^/]+/endpoint`),
    ({ state, nowMs }) => {
      const [first, second] = state.endpoints;
      const next = iso(nowMs + 25 * MINUTE_MS);
      return [
        200,
        list([
          { ...first, status: 0, nextAttempt: null },
          { ...second, status: 2, nextAttempt: next },
        ]),
      ];
    },
  ],
  ['POST', on(`${APP}/msg/[^/]+/endpoint/[^/]+/resend`), () => [202, {}]],
  ['GET', on(`${APP}/failures`), failures],
  ['POST', on(`${APP}/endpoint/[^/]+/(?:recover|replay-missing|bulk-replay)`), replay],
  ['GET', on(`${APP}/background-task`), (call) => [200, list(tasks(call))]],
  [
    'GET',
    on('/api/v1/background-task/([^/]+)'),
    (call) => {
      const found = tasks(call).find(({ id }) => id === call.params[0]);
      return found === undefined ? NOT_FOUND : [200, found];
    },
  ],
  ['POST', on('/api/v1/background-task/([^/]+)/cancel'), (call) => [200, tasks(call)[0]]],
];
