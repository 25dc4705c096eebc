/** Invented data for the page without a stack: every state of an endpoint, and failures of several causes. */

const HOUR_MS = 3_600_000;

const iso = (ms: number) => new Date(ms).toISOString();

/** Ids whose order is the order in which they are made. */
const idOf = (prefix: string, number: number) => `${prefix}_2pQ${String(number).padStart(24, '0')}`;

export interface FakeEndpoint {
  id: string;
  url: string;
  description: string;
  disabled: boolean;
  eventTypes: string[] | null;
  filterTypes: string[] | null;
  channels: string[] | null;
  metadata: Record<string, string>;
  throttleRate: number | null;
  rateLimit: number | null;
  uid: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export const fakeEndpoint = (number: number, nowMs: number, fields: Partial<FakeEndpoint>): FakeEndpoint => ({
  id: idOf('ep', number),
  url: `https://api.customer-${number}.example/webhooks`,
  description: '',
  disabled: false,
  eventTypes: null,
  filterTypes: null,
  channels: null,
  metadata: {},
  throttleRate: null,
  rateLimit: null,
  uid: null,
  version: 1,
  createdAt: iso(nowMs - 40 * 24 * HOUR_MS),
  updatedAt: iso(nowMs - 5 * 24 * HOUR_MS),
  ...fields,
});

export const fakeEndpoints = (nowMs: number): FakeEndpoint[] => [
  fakeEndpoint(1, nowMs, {
    url: 'https://hooks.northwind.example/billing/webhooks',
    description: 'Billing production',
    eventTypes: ['invoice.paid', 'invoice.failed', 'invoice.finalized'],
    throttleRate: 50,
    metadata: { team: 'billing' },
  }),
  fakeEndpoint(2, nowMs, {
    url: 'https://crm.northwind.example/api/integrations/posthorn/incoming/v2/customer-events',
    description: 'CRM sync',
    eventTypes: [
      'customer.created',
      'customer.updated',
      'customer.deleted',
      'customer.merged',
      'order.created',
    ],
  }),
  fakeEndpoint(3, nowMs, { url: 'https://staging.northwind.example/hooks', description: 'Staging' }),
  fakeEndpoint(4, nowMs, {
    url: 'https://legacy-erp.northwind.example:8443/soap-bridge',
    description: 'Legacy ERP <script>alert(1)</script>',
    disabled: true,
    eventTypes: ['order.created', 'order.shipped'],
  }),
  fakeEndpoint(5, nowMs, { url: 'https://new.northwind.example/hooks', eventTypes: ['order.created'] }),
];

/** Successes and failures of the last 24 hours by endpoint. */
export const FAKE_COUNTS: Readonly<Record<string, readonly [success: number, fail: number]>> = {
  [idOf('ep', 1)]: [18_412, 3],
  [idOf('ep', 2)]: [920, 530],
  [idOf('ep', 3)]: [41, 0],
  [idOf('ep', 4)]: [0, 212],
  [idOf('ep', 5)]: [0, 0],
};

const schemaOf = (example: object) => ({
  1: {
    title: 'Payload',
    type: 'object',
    properties: Object.fromEntries(Object.keys(example).map((name) => [name, { type: 'string' }])),
    examples: [example],
  },
});

const eventType = (name: string, description: string, fields: object = {}) => ({
  name,
  description,
  archived: false,
  deprecated: false,
  featureFlag: null,
  groupName: name.split('.')[0],
  schemas: schemaOf({ id: `${name.split('.')[0]}_123`, type: name }),
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  ...fields,
});

export const FAKE_EVENT_TYPES = [
  eventType('customer.created', 'A customer signed up'),
  eventType('customer.deleted', 'A customer was deleted'),
  eventType('customer.merged', 'Two customers were merged', { schemas: null }),
  eventType('customer.updated', 'A customer changed'),
  eventType('invoice.failed', 'The payment of an invoice failed'),
  eventType('invoice.finalized', 'An invoice was finalized', { deprecated: true }),
  eventType('invoice.paid', 'An invoice was paid in full'),
  eventType('order.created', 'An order was placed'),
  eventType('order.shipped', 'An order left the warehouse'),
];

const CAUSES = {
  status_5xx: ['The endpoint failed with a 5xx status.', 'Check the logs of the server.'],
  timeout_response: [
    'The endpoint did not answer within 30 seconds.',
    'Answer with a 2xx status first, and do the work afterwards.',
  ],
  dns_not_found: [
    'The host name does not exist.',
    "Check the endpoint's URL and the DNS records of its domain.",
  ],
  status_4xx: [
    'The endpoint refused the request with a 4xx status.',
    'Check its URL, its authentication and how it verifies webhooks.',
  ],
  tls_expired: ['The TLS certificate has expired.', 'Renew it.'],
} as const;

export type FakeCause = keyof typeof CAUSES;
const CODES = Object.keys(CAUSES) as FakeCause[];

export const causeOf = (code: FakeCause) => {
  const [sentence, advice] = CAUSES[code];
  return { code, sentence, advice };
};

const failuresByHour = (nowMs: number) =>
  Array.from({ length: 24 }, (_, index) => ({
    hour: iso(Math.floor(nowMs / HOUR_MS) * HOUR_MS - (23 - index) * HOUR_MS),
    causes: Object.fromEntries(
      CODES.map((code, at): [string, number] => [
        code,
        index > 12 && index < 18 ? 60 - at * 13 : index % 7 === 3 ? at + 1 : 0,
      ]).filter(([, count]) => count > 0),
    ),
  })).filter(({ causes }) => Object.keys(causes).length > 0);

export const fakeFailures = (nowMs: number, since: string, until: string) => {
  const hours = failuresByHour(nowMs);
  const count = (code: FakeCause) => hours.reduce((sum, { causes }) => sum + (causes[code] ?? 0), 0);
  const causes = CODES.map((code) => ({ ...causeOf(code), count: count(code) }))
    .filter((cause) => cause.count > 0)
    .toSorted((one, other) => other.count - one.count);
  const failed = causes.reduce((sum, cause) => sum + cause.count, 0);
  return { since, until, failed, canceled: 0, causes, hours, complete: true };
};

const STATUSES: Readonly<Record<FakeCause, number>> = {
  status_5xx: 503,
  status_4xx: 401,
  timeout_response: 0,
  dns_not_found: 0,
  tls_expired: 0,
};

const isFailed = (number: number) => number % 3 === 0;

export const fakeAttempt = (number: number, endpoint: FakeEndpoint, nowMs: number) => {
  const failed = isFailed(number);
  const code = CODES[number % CODES.length] ?? 'status_5xx';
  const atMs = nowMs - number * 7 * 60_000;
  const status = failed ? STATUSES[code] : 200;
  return {
    id: idOf('atmpt', 1000 - number),
    msgId: idOf('msg', 1000 - number),
    endpointId: endpoint.id,
    url: endpoint.url,
    response: status === 0 ? '' : failed ? '{"error":"<img src=x onerror=alert(1)>"}' : '{"ok":true}',
    responseStatusCode: status,
    responseDurationMs: failed && status === 0 ? 30_000 : 40 + number * 13,
    status: failed ? 2 : 0,
    statusText: failed ? 'fail' : 'success',
    triggerType: number % 11 === 0 ? 1 : 0,
    timestamp: iso(atMs),
    msg: {
      id: idOf('msg', 1000 - number),
      eventType: FAKE_EVENT_TYPES[number % FAKE_EVENT_TYPES.length]?.name ?? 'order.created',
      eventId: null,
      channels: null,
      payload: { id: number, amount: 4200, currency: 'EUR' },
      timestamp: iso(atMs - 2_000),
    },
    details: {
      cause: failed ? causeOf(code) : null,
      request: {
        method: 'POST',
        url: endpoint.url,
        asSent: true,
        headers: [
          { name: 'Content-Type', value: 'application/json' },
          { name: 'svix-id', value: idOf('msg', 1000 - number) },
          { name: 'svix-timestamp', value: String(Math.floor(atMs / 1000)) },
          { name: 'svix-signature', value: null },
        ],
      },
      response:
        status === 0
          ? null
          : { headers: [{ name: 'content-type', value: 'application/json' }], truncated: false },
      durationMs: failed && status === 0 ? 30_000 : 40 + number * 13,
      phases: { dnsMs: 3, connectMs: 18, tlsMs: 24 },
      trigger: { kind: 'scheduled', number: 1, replayed: false },
      decision: failed ? 'retry' : 'succeeded',
      nextAttemptAt: failed ? iso(atMs + 5 * 60_000) : null,
      receiverRequests: [],
    },
  };
};

export const fakeOffSpans = (nowMs: number, disabled: boolean) => {
  const past = {
    since: iso(nowMs - 9 * HOUR_MS),
    until: iso(nowMs - 7 * HOUR_MS),
    reason: 'failing',
    missed: { since: iso(nowMs - 9 * HOUR_MS - HOUR_MS / 2), messages: 100, complete: true },
  };
  const now = {
    since: iso(nowMs - 2 * HOUR_MS),
    until: null,
    reason: 'gone',
    missed: { since: iso(nowMs - 2 * HOUR_MS - HOUR_MS / 2), messages: 12, complete: true },
  };
  return { data: disabled ? [now, past] : [past] };
};

export const FAKE_SETTINGS = {
  displayName: 'Northwind Traders',
  logoUrl: null,
  customLogoUrl: null,
  customFontFamily: null,
  colorPaletteLight: null,
  colorPaletteDark: null,
  customThemeOverride: null,
  customStringsOverride: null,
  enableChannels: true,
  enableMessageTags: true,
  showFeatureTooltips: true,
  showSvixBrandFooter: false,
};
