/**
 * The expected rows of the read models, computed from the raw rows of the log by a second implementation of the rules
 * that uses no code of the product.
 */
export type RawRow = Readonly<Record<string, unknown>>;

const text = (row: RawRow, name: string): string => String(row[name]);

const YEAR_QUARTER = 90 * 86_400;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** FNV-1a, 32 bits, modulo eight shards. */
const shard = (id: string): number => {
  const hash = Array.from(id).reduce(
    (sum, character) => ((sum ^ BigInt(character.charCodeAt(0))) * 16_777_619n) % 4_294_967_296n,
    2_166_136_261n,
  );
  return Number(hash % 8n);
};

/** The seconds since 1970 (with the 4 ms tick) in the first five bytes of an id. */
const secondsOf = (id: string): number => {
  const number = Array.from(id.slice(id.indexOf('_') + 1)).reduce(
    (sum, character) => sum * 62n + BigInt(ALPHABET.indexOf(character)),
    0n,
  );
  const bytes = number >> 120n;
  return Number(bytes >> 8n) + 1_400_000_000 + Number(bytes & 255n) * 0.004;
};

/** The ids that the key of a row of the log has: `o#<organization>#a#<application>#m#<message>`, `at#<endpoint>#...`. */
const messageOf = (row: RawRow): string => text(row, 'pk').split('#')[5] ?? '';
const place = (row: RawRow): string => {
  const [, org, , app] = text(row, 'pk').split('#');
  return `o#${org}#a#${app}#e#${text(row, 'sk').split('#')[1]}`;
};

const decisionOf = ({ dec }: RawRow) => dec as { kind: string; at?: number; reason?: string };

/** Successes have eight partitions, failures the next four, canceled deliveries the last two. */
const attemptShard = (row: RawRow): number => {
  const own = shard(text(row, 'id'));
  if (decisionOf(row).kind === 'canceled') return 12 + (own % 2);
  return row['ok'] === true ? own : 8 + (own % 4);
};

/**
 * Responses with their headers, phases of connecting, the mark of a retry that was brought forward, the key of the index,
 * and the id, which is the sort key of the copy.
 */
const LOG_ALONE = new Set(['b', 'rb', 'h', 'hz', 'ht', 'p', 'redone', 'ix', 'id']);

const attemptRow = (logged: RawRow): RawRow => {
  const row: RawRow = Object.fromEntries(Object.entries(logged).filter(([name]) => !LOG_ALONE.has(name)));
  return {
    ...row,
    m: messageOf(logged),
    pk: `${place(logged)}#at#${attemptShard(logged)}`,
    sk: logged['id'],
  };
};

/** The time of the next attempt; undefined if there is none. */
const nextOf = (row: RawRow): unknown => {
  const decision = decisionOf(row);
  return decision.kind === 'retry' ? decision.at : undefined;
};

const messageRow = (attempts: readonly RawRow[]): RawRow => {
  const last = attempts.reduce((one, other) => (text(other, 'id') > text(one, 'id') ? other : one));
  const next = nextOf(last);
  return {
    pk: `${place(last)}#m#${shard(messageOf(last))}`,
    sk: messageOf(last),
    ...{ v: 1, type: 'em', t: last['t'] },
    ...(last['c'] === undefined ? {} : { c: last['c'] }),
    ...(last['g'] === undefined ? {} : { g: last['g'] }),
    ...{ la: last['id'], ls: last['ok'], s: last['s'] },
    ...(last['k'] === undefined ? {} : { k: last['k'] }),
    ...(next === undefined ? {} : { nx: next }),
    ...(decisionOf(last).kind === 'canceled' ? { cx: decisionOf(last).reason } : {}),
    ...(attempts.some(({ ok }) => ok === true) ? { es: true } : {}),
    ...(attempts.some(
      (row) => row['ok'] === false && nextOf(row) === undefined && decisionOf(row).kind !== 'canceled',
    )
      ? { ef: true }
      : {}),
    ttl: Math.ceil(secondsOf(messageOf(last))) + YEAR_QUARTER,
  };
};

/** A success of the first attempt within ten seconds of its message has no part in the row of its message. */
const isPrompt = (row: RawRow): boolean => {
  const lag = Math.round((secondsOf(text(row, 'id')) - secondsOf(messageOf(row))) * 1_000);
  return row['ok'] === true && row['n'] === 1 && row['sr'] === undefined && lag >= 0 && lag <= 10_000;
};

const keyOf = (row: RawRow) => `${text(row, 'pk')}|${text(row, 'sk')}`;
const byKey = (left: RawRow, right: RawRow) => (keyOf(left) < keyOf(right) ? -1 : 1);

/** The rows of both lists in the order of keys. Hourly statistics are compared by their results, not by rows. */
export const viewsOf = (log: readonly RawRow[]): readonly RawRow[] => {
  const attempts = log.filter(({ type }) => type === 'at');
  const others = attempts.filter((row) => !isPrompt(row));
  const groups = Object.values(Object.groupBy(others, (row) => `${place(row)}#${messageOf(row)}`));
  return [...attempts.map(attemptRow), ...groups.map((group) => messageRow(group ?? []))].toSorted(byKey);
};

/** The rows of both lists in the table of read models. */
export const listsIn = (rows: readonly RawRow[]): readonly RawRow[] =>
  rows.filter((row) => /#e#[^#]*#(at|m)#\d+$/.test(text(row, 'pk'))).toSorted(byKey);
