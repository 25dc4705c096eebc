import { errorOf } from '../checks.ts';
import type { Check } from '../checks.ts';
import type { Result } from '../result.ts';

/** Rows of texts: the first one is the head. */
export type Rows = readonly (readonly string[])[];

const whole = (value: number) => Math.round(value).toLocaleString('en');
const rateText = (value: number) => (value >= 10 ? whole(value) : value.toPrecision(2));
const money = (value: number) =>
  value >= 100
    ? whole(value)
    : value.toLocaleString('en', { maximumFractionDigits: 2, minimumFractionDigits: 2 });

const milliseconds = (value: number) => (value >= 10_000 ? `${rateText(value / 1_000)} s` : whole(value));

const duration = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
};

/** What a population needs and gets. */
const mainTable = (results: readonly Result[]): Rows => [
  [
    ...['users', 'messages a second', 'in the spike', 'p50 ms', 'p95 ms', 'p99 ms'],
    ...['p95 ms, steady', 'concurrency'],
    ...['deepest queue', 'oldest', 'write units a second', 'of a partition', 'dollars a month'],
  ],
  ...results.map((one) => [
    whole(one.users),
    rateText(one.rate),
    rateText(one.peakRate),
    milliseconds(one.latency.p50),
    milliseconds(one.latency.p95),
    milliseconds(one.latency.p99),
    milliseconds(one.steadyLatency.p95),
    whole(one.concurrency),
    whole(Math.max(...one.lanes.map(({ deepest }) => deepest))),
    duration(Math.max(...one.lanes.map(({ oldestSeconds }) => oldestSeconds))),
    whole(Math.max(...one.tables.map(({ writes }) => writes))),
    whole(Math.max(...one.tables.map(({ partitionWrites }) => partitionWrites))),
    money(one.dollarsPerMonth),
  ]),
];

/** What limits a population first, and what to change. */
const limitTable = (results: readonly Result[]): Rows => [
  ['users', 'limit that is hit first', 'what to change'],
  ...results.map(({ users, first: { text, change } }) => [whole(users), text, change]),
];

/** Where every delivery ended. */
const accountTable = (results: readonly Result[]): Rows => [
  [
    ...['users', 'accepted', 'answered 429 or 5xx at first', 'given up by clients', 'deliveries', 'attempts'],
    ...['succeeded', 'exhausted', 'dead-lettered', 'lost', 'all ended after'],
  ],
  ...results.map((one) => [
    whole(one.users),
    whole(one.accepted),
    whole(one.throttled + one.failed),
    whole(one.refused),
    whole(one.deliveries),
    whole(one.attempts),
    whole(one.succeeded),
    whole(one.exhausted),
    whole(one.deadLettered),
    whole(one.lost),
    duration(one.hours * 3_600),
  ]),
];

const outageTable = (results: readonly Result[]): Rows => {
  const rows = results.flatMap(({ users, outage, lost, deadLettered }) =>
    outage === undefined ? [] : [{ users, lost: lost + deadLettered, ...outage }],
  );
  if (rows.length === 0) return [];
  return [
    [
      ...['users', 'outage of', 'its deliveries', 'each attempted after', 'half delivered after'],
      ...['99 % after', 'all that succeed after', 'lost'],
    ],
    ...rows.map(({ users, of, deliveries, attempted, half, most, all, lost }) => [
      ...[whole(users), of, whole(deliveries)],
      ...[duration(attempted), duration(half), duration(most), duration(all), whole(lost)],
    ]),
  ];
};

const hotTable = (results: readonly Result[]): Rows => {
  const rows = results.flatMap(({ users, latency, hotLatency }) =>
    hotLatency === undefined ? [] : [{ users, latency, hotLatency }],
  );
  if (rows.length === 0) return [];
  return [
    ['users', 'p95 ms of the hot tenant', 'p95 ms of the others', 'p99 ms of the others'],
    ...rows.map(({ users, latency, hotLatency }) => [
      whole(users),
      milliseconds(hotLatency.p95),
      milliseconds(latency.p95),
      milliseconds(latency.p99),
    ]),
  ];
};

const priceTable = (results: readonly Result[]): Rows => {
  const services = Object.keys(results[0]?.dollarsBy ?? {});
  return [
    ['users', ...services, 'dollars per million'],
    ...results.map(({ users, dollarsBy, dollarsPerMillion }) => [
      whole(users),
      ...services.map((name) => money(dollarsBy[name] ?? 0)),
      money(dollarsPerMillion),
    ]),
  ];
};

const checkTable = (checks: readonly Check[]): Rows => [
  ['prediction', 'compared with', 'expected', 'simulated', 'error'],
  ...checks.map((check) => [
    check.what,
    check.source,
    `${rateText(check.expected)} ${check.unit}`,
    `${rateText(check.simulated)} ${check.unit}`,
    `${(100 * errorOf(check)).toFixed(1)} %`,
  ]),
];

/** The tables of a report with their titles; those without rows are left out. */
export const partsOf = (
  results: readonly Result[],
  checks: readonly Check[],
): readonly (readonly [string, Rows])[] =>
  [
    ['What each number of users needs', mainTable(results)] as const,
    ['The limit that is hit first', limitTable(results)] as const,
    ['Outage', outageTable(results)] as const,
    ['The hot tenant and the others', hotTable(results)] as const,
    ['Where every delivery ended', accountTable(results)] as const,
    ['Dollars per million messages, list prices', priceTable(results)] as const,
    ['Predictions checked', checks.length === 0 ? [] : checkTable(checks)] as const,
  ].filter(([, rows]) => rows.length > 0);

/** Aligned text. */
export const asText = (rows: Rows): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
    .join('\n');
};

export const asMarkdown = (rows: Rows): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...body.map(line)].join(
    '\n',
  );
};
