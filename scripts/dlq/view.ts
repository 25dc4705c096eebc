import type { QueuedDeadLetter } from './dead-letter.ts';

/** Dead letters of one reason in one queue. */
export interface ReasonCount {
  readonly reason: string;
  readonly deadLetters: number;
  readonly oldest: number;
  readonly newest: number;
  readonly example: string;
}

/** Counts dead letters by reason, most frequent first. */
export const countByReason = (deadLetters: readonly QueuedDeadLetter[]): readonly ReasonCount[] =>
  [...Map.groupBy(deadLetters, ({ reason }) => reason)]
    .map(([reason, some]) => ({
      reason,
      deadLetters: some.length,
      oldest: Math.min(...some.map(({ firstAt }) => firstAt)),
      newest: Math.max(...some.map(({ lastAt }) => lastAt)),
      example: some[0]?.message ?? '',
    }))
    .toSorted((left, right) => right.deadLetters - left.deadLetters);

const time = (atMs: number) => new Date(atMs).toISOString().slice(0, 19) + 'Z';
const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, 100);

/** `1 dead letter`, `2 dead letters` */
export const countText = (count: number): string => `${count} dead ${count === 1 ? 'letter' : 'letters'}`;

/** The lines of `list` for one queue. `total` is SQS's count, which may be more than the sample `seen`. */
export const listLines = (
  name: string,
  total: number,
  seen: readonly QueuedDeadLetter[],
): readonly string[] => {
  const head = `${name.padEnd(14)} ${countText(total)}`;
  const rows = countByReason(seen).map(
    ({ reason, deadLetters, oldest, newest, example }) =>
      `  ${String(deadLetters).padStart(6)}  ${reason}, ${time(oldest)} to ${time(newest)}: ${firstLine(example)}`,
  );
  const more =
    total > seen.length ? [`          (reasons of the first ${seen.length}; read more with --sample)`] : [];
  return [head, ...rows, ...more];
};

const field = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`  ${name.padEnd(12)} ${value}`];

/** The text of `inspect` for one dead letter. `contents`: a line for each record of a batch. */
export const describeDeadLetter = (deadLetter: QueuedDeadLetter, contents: readonly string[] = []): string =>
  [
    deadLetter.what,
    ...contents.map((line) => `    ${line}`),
    ...field('queue', deadLetter.queue),
    ...field('function', deadLetter.functionName),
    ...field('organization', deadLetter.orgId),
    ...field('application', deadLetter.appId),
    ...field('message', deadLetter.messageId),
    ...field('endpoint', deadLetter.endpointId),
    ...field('reason', deadLetter.reason),
    ...field('error', deadLetter.message),
    ...field('receives', deadLetter.receives),
    ...field('first', time(deadLetter.firstAt)),
    ...field('last', time(deadLetter.lastAt)),
    ...field('request', deadLetter.requestId),
    ...field('record', deadLetter.id),
    ...field('body', deadLetter.body),
  ].join('\n');
