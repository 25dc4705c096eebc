/**
 * The command in the URL of a request (docs/receiver.md). Pure: the number of the request selects the step of a script,
 * so the same request always gets the same answer.
 */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Body;
}
export type Body =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'filler'; readonly bytes: number };
export type HangUp = 'connect' | 'headers' | 'body';
export type Outcome =
  | Answer
  | { readonly kind: 'hang-up'; readonly at: HangUp }
  /** Never answers; the sender runs into its timeout. */
  | { readonly kind: 'timeout' };

export interface Command {
  readonly outcome: Outcome;
  readonly delayMs: number;
  /** Delay between the headers and the body. */
  readonly bodyDelayMs: number;
  /** Waits until `/_release` gets this name. */
  readonly hold: string | null;
}

export type Parsed =
  { readonly kind: 'ok'; readonly command: Command } | { readonly kind: 'invalid'; readonly reason: string };

/** One step of a script, or the plain `status`. */
type Token = { readonly kind: 'status'; readonly status: number } | Exclude<Outcome, Answer>;

class Invalid extends Error {}

/** Longer than any sender's timeout, but bounded, so that a typo does not hold a socket for days. */
const MAX_DELAY_MS = 600_000;
const MAX_BYTES = 2 ** 31;

const integer = (name: string, text: string, min: number, max: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Invalid(`${name}=${text} should be a whole number from ${min} to ${max}`);
};

const hangUpAt = (text: string): HangUp => {
  if (text === 'connect' || text === 'headers' || text === 'body') return text;
  throw new Invalid(`hang-up=${text} should be connect, headers or body`);
};

const token = (text: string): Token => {
  if (text === 'timeout') return { kind: 'timeout' };
  if (text === 'hang-up') return { kind: 'hang-up', at: 'headers' };
  if (text.startsWith('hang-up:')) return { kind: 'hang-up', at: hangUpAt(text.slice('hang-up:'.length)) };
  return { kind: 'status', status: integer('script', text, 200, 599) };
};

const single = (query: URLSearchParams): Token => {
  const redirect = query.has('redirect') ? '302' : '200';
  return { kind: 'status', status: integer('status', query.get('status') ?? redirect, 200, 599) };
};

/** The step for each request in order; the last one repeats for ever. */
const steps = (query: URLSearchParams): readonly Token[] => {
  const script = query.get('script');
  const flap = query.get('flap');
  const hangUp = query.get('hang-up');
  if ([script, flap, hangUp].filter((value) => value !== null).length > 1) {
    throw new Invalid('use one of script, flap and hang-up');
  }
  if (script !== null) return script.split(',').map((text) => token(text.trim()));
  if (hangUp !== null) return [{ kind: 'hang-up', at: hangUpAt(hangUp) }];
  if (flap === null) return [single(query)];
  const failures = integer('flap', flap, 0, 1_000);
  return [
    ...Array.from({ length: failures }, () => ({ kind: 'status', status: 500 }) as const),
    single(query),
  ];
};

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** Visible characters, spaces and tabs: what node:http accepts. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const extraHeaders = (query: URLSearchParams): readonly (readonly [string, string])[] =>
  [...query].flatMap(([key, value]) => {
    if (!key.startsWith('header-')) return [];
    const name = key.slice('header-'.length);
    if (NAME.test(name) && VALUE.test(value)) return [[name, value] as const];
    throw new Invalid(`${key} is not a header that can be sent`);
  });

const headersOf = (query: URLSearchParams, status: number): readonly (readonly [string, string])[] => {
  const retryAfter = query.get('retry-after');
  const redirect = query.get('redirect');
  if (!VALUE.test(`${retryAfter ?? ''}${redirect ?? ''}`)) throw new Invalid('a header value cannot be sent');
  return [
    ...(retryAfter !== null && status >= 300 ? [['retry-after', retryAfter] as const] : []),
    ...(redirect !== null && status >= 300 && status < 400 ? [['location', redirect] as const] : []),
    ...extraHeaders(query),
  ];
};

const bodyOf = (query: URLSearchParams): Body => {
  const bytes = query.get('bytes');
  if (bytes !== null) return { kind: 'filler', bytes: integer('bytes', bytes, 0, MAX_BYTES) };
  return { kind: 'text', text: query.get('body') ?? '' };
};

const outcomeOf = (query: URLSearchParams, step: Token): Outcome =>
  step.kind === 'status'
    ? { kind: 'answer', status: step.status, headers: headersOf(query, step.status), body: bodyOf(query) }
    : step;

const read = (query: URLSearchParams, tryNumber: number): Command => {
  const all = steps(query);
  const step = all[Math.min(tryNumber, all.length) - 1] ?? { kind: 'status', status: 200 };
  return {
    outcome: outcomeOf(query, step),
    delayMs: integer('delay', query.get('delay') ?? '0', 0, MAX_DELAY_MS),
    bodyDelayMs: integer('body-delay', query.get('body-delay') ?? '0', 0, MAX_DELAY_MS),
    hold: query.get('hold'),
  };
};

/** Parses the command for the `tryNumber`-th request (from 1) of the same message to the same path. */
export const parseCommand = (query: URLSearchParams, tryNumber: number): Parsed => {
  try {
    return { kind: 'ok', command: read(query, tryNumber) };
  } catch (error) {
    if (error instanceof Invalid) return { kind: 'invalid', reason: error.message };
    throw error;
  }
};

/** The outcome as text for logs. */
export const describeOutcome = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'answer':
      return String(outcome.status);
    case 'hang-up':
      return `hang-up at ${outcome.at}`;
    case 'timeout':
      return 'no answer';
  }
};
