import { isCauseCode } from './causes.ts';
import type { CauseCode } from './causes.ts';
import { DAY_MS, HOUR_MS } from './time.ts';

/** The filters of a list. The whole state is in the page's URL, so that it can be shared and the back button works. */

export const STATUSES = ['succeeded', 'failed', 'canceled', 'sending'] as const;
export type Status = (typeof STATUSES)[number];

/** The status codes of the API. */
const API_STATUS: Readonly<Record<Status, number>> = { succeeded: 0, failed: 2, sending: 3, canceled: 4 };

export const STATUS_CLASSES = [0, 100, 200, 300, 400, 500] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** Hours back from now; `custom` has its own ends. */
export const RANGES = { '1h': 1, '5h': 5, '24h': 24, '7d': 7 * 24, '28d': 28 * 24 } as const;
export type Range = keyof typeof RANGES;

export interface Filters {
  readonly status: Status | null;
  readonly statusClass: StatusClass | null;
  readonly causes: readonly CauseCode[];
  readonly eventTypes: readonly string[];
  readonly channel: string | null;
  readonly tag: string | null;
  /** Id or uid of an endpoint. */
  readonly endpoint: string | null;
  /** Id or event id of a message. */
  readonly message: string | null;
  readonly range: Range | null;
  /** Instants in ISO form, instead of a range. */
  readonly after: string | null;
  readonly before: string | null;
}

export const NO_FILTERS: Filters = {
  status: null,
  statusClass: null,
  causes: [],
  eventTypes: [],
  channel: null,
  tag: null,
  endpoint: null,
  message: null,
  range: null,
  after: null,
  before: null,
};

/** A crafted link must not make the page ask for a list of thousands of names. */
const MOST_NAMES = 50;
const MOST_CHARACTERS = 256;

const NAME = /^[\w\-.:@+/\\#]+$/;

const nameOf = (value: string | null): string | null =>
  value !== null && value.length <= MOST_CHARACTERS && NAME.test(value) ? value : null;

const namesOf = (value: string | null): readonly string[] =>
  [...new Set(value?.split(',').flatMap((name) => nameOf(name.trim()) ?? []))].slice(0, MOST_NAMES);

const oneOf = <T>(values: readonly T[], value: string | null): T | null =>
  values.find((known) => String(known) === value) ?? null;

const instantOf = (value: string | null): string | null => {
  if (value === null || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

const isRange = (value: string): value is Range => Object.hasOwn(RANGES, value);

/** Invalid values are left out. */
export const parseFilters = (search: string): Filters => {
  const parameters = new URLSearchParams(search);
  const [after, before] = [instantOf(parameters.get('after')), instantOf(parameters.get('before'))];
  const range = parameters.get('range');
  return {
    status: oneOf(STATUSES, parameters.get('status')),
    statusClass: oneOf(STATUS_CLASSES, parameters.get('class')),
    causes: namesOf(parameters.get('cause')).filter(isCauseCode),
    eventTypes: namesOf(parameters.get('type')),
    channel: nameOf(parameters.get('channel')),
    tag: nameOf(parameters.get('tag')),
    endpoint: nameOf(parameters.get('endpoint')),
    message: nameOf(parameters.get('message')),
    range: after === null && before === null && range !== null && isRange(range) ? range : null,
    after,
    before,
  };
};

const parametersOf = (filters: Filters): readonly (readonly [name: string, value: string])[] => {
  const values: readonly (readonly [string, string | null])[] = [
    ['status', filters.status],
    ['class', filters.statusClass === null ? null : String(filters.statusClass)],
    ['cause', filters.causes.join(',')],
    ['type', filters.eventTypes.join(',')],
    ['channel', filters.channel],
    ['tag', filters.tag],
    ['endpoint', filters.endpoint],
    ['message', filters.message],
    ['range', filters.after === null && filters.before === null ? filters.range : null],
    ['after', filters.after],
    ['before', filters.before],
  ];
  return values.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
};

const NAMES = [
  'status',
  'class',
  'cause',
  'type',
  'channel',
  'tag',
  'endpoint',
  'message',
  'range',
  'after',
  'before',
];

/** The query of the page's URL: other parameters stay, the position in the list (`page`) does not. */
export const filterSearch = (filters: Filters, search = ''): string => {
  const parameters = new URLSearchParams(search);
  for (const name of [...NAMES, 'page']) parameters.delete(name);
  for (const [name, value] of parametersOf(filters)) parameters.set(name, value);
  return parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
};

export const isFiltered = (filters: Filters): boolean => parametersOf(filters).length > 0;

/** The parameters of the API's lists. Each list takes those that it knows. */
export interface ListQuery {
  status?: number;
  expanded_statuses?: boolean;
  status_code_class?: StatusClass;
  cause?: CauseCode[];
  event_types?: string[];
  channel?: string;
  tag?: string;
  endpoint_id?: string;
  msg_id?: string;
  after?: string;
  before?: string;
}

/** When a range began. */
export const startOf = (range: Range, nowMs: number): string =>
  new Date(nowMs - RANGES[range] * HOUR_MS).toISOString();

/**
 * `nowMs`: the end of a range; the caller rounds it, so that it does not ask again at each moment. With `after` alone the
 * API begins at the oldest item, so `before` is sent as well: a day ahead, because the page stays open.
 */
export const listQuery = (filters: Filters, nowMs: number): ListQuery => {
  const query: ListQuery = {};
  if (filters.status !== null) query.status = API_STATUS[filters.status];
  if (filters.statusClass !== null) query.status_code_class = filters.statusClass;
  if (filters.causes.length > 0) query.cause = [...filters.causes];
  if (filters.eventTypes.length > 0) query.event_types = [...filters.eventTypes];
  if (filters.channel !== null) query.channel = filters.channel;
  if (filters.tag !== null) query.tag = filters.tag;
  if (filters.endpoint !== null) query.endpoint_id = filters.endpoint;
  if (filters.message !== null) query.msg_id = filters.message;
  if (filters.range !== null) query.after = startOf(filters.range, nowMs);
  if (filters.after !== null) query.after = filters.after;
  if (filters.before !== null) query.before = filters.before;
  else if (query.after !== undefined) query.before = new Date(nowMs + DAY_MS).toISOString();
  return query;
};
