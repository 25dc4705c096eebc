import type { Letter } from './dead-letter.ts';

/** Letters of one reason in one queue. */
export interface Tally {
  readonly reason: string;
  readonly letters: number;
  readonly oldest: number;
  readonly newest: number;
  readonly example: string;
}

/** Counts by reason, most frequent first. */
export const tallies = (letters: readonly Letter[]): readonly Tally[] =>
  [...Map.groupBy(letters, ({ reason }) => reason)]
    .map(([reason, some]) => ({
      reason,
      letters: some.length,
      oldest: Math.min(...some.map(({ firstAt }) => firstAt)),
      newest: Math.max(...some.map(({ lastAt }) => lastAt)),
      example: some[0]?.message ?? '',
    }))
    .toSorted((left, right) => right.letters - left.letters);

const time = (atMs: number) => new Date(atMs).toISOString().slice(0, 19) + 'Z';
const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, 100);

/** The lines of `list` for one queue. `total` is SQS's own count, which may be more than was looked at. */
export const listing = (name: string, total: number, seen: readonly Letter[]): readonly string[] => {
  const head = `${name.padEnd(14)} ${total} ${total === 1 ? 'letter' : 'letters'}`;
  const rows = tallies(seen).map(
    ({ reason, letters, oldest, newest, example }) =>
      `  ${String(letters).padStart(6)}  ${reason}, ${time(oldest)} to ${time(newest)}: ${firstLine(example)}`,
  );
  const more =
    total > seen.length ? [`          (reasons are of the ${seen.length} that were looked at)`] : [];
  return [head, ...rows, ...more];
};

const field = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`  ${name.padEnd(12)} ${value}`];

/** One letter as a person reads it. `contents`: what a batch holds, a line for each record. */
export const readable = (letter: Letter, contents: readonly string[] = []): string =>
  [
    letter.what,
    ...contents.map((line) => `    ${line}`),
    ...field('queue', letter.queue),
    ...field('function', letter.functionName),
    ...field('organization', letter.orgId),
    ...field('application', letter.appId),
    ...field('message', letter.messageId),
    ...field('endpoint', letter.endpointId),
    ...field('reason', letter.reason),
    ...field('error', letter.message),
    ...field('receives', letter.receives),
    ...field('first', time(letter.firstAt)),
    ...field('last', time(letter.lastAt)),
    ...field('request', letter.requestId),
    ...field('record', letter.id),
    ...field('body', letter.body),
  ].join('\n');
