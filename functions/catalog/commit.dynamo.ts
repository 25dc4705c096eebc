import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LockLost } from '../idempotency/run-once.flow.ts';
import type { StoredResponseOf } from './catalog.port.ts';
import type { Meaning, Write } from './writes.ts';
import type { StoredResponseWrite } from '../idempotency/idempotency.dynamo.ts';
import type { Pause, Row } from '../platform/dynamodb/table.ts';
import { pauseBefore, realPause, TableBusy } from '../platform/dynamodb/table.ts';
import { transact } from '../platform/dynamodb/transact.ts';

export interface Catalog {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** A random 64-bit number. */
  readonly newRev: () => bigint;
  readonly pause: Pause;
  /** Stores an answer along; absent where nobody asks for that. */
  readonly storedResponseWrite?: StoredResponseWrite;
}

export const makeCatalog = (
  client: DynamoDBDocumentClient,
  table: string,
  storedResponseWrite?: StoredResponseWrite,
): Catalog => ({
  client,
  table,
  ...(storedResponseWrite === undefined ? {} : { storedResponseWrite }),
  newRev: () => randomBytes(8).readBigUInt64BE(),
  pause: realPause,
});

/** The answer to be stored along with a new item, if any. */
export const withStoredResponse = <Item>(
  { storedResponseWrite }: Catalog,
  item: Item,
  storedResponseOf: StoredResponseOf<Item> | undefined,
): readonly Write[] => {
  if (storedResponseOf === undefined) return [];
  if (storedResponseWrite === undefined) throw new Error('this catalog stores no answers');
  return [{ meaning: 'hold-lost', write: storedResponseWrite(storedResponseOf(item)) }];
};

export type Committed = 'written' | Exclude<Meaning, 'hold-lost'>;

/**
 * One transaction; HoldLost where its answer could not be stored, since whoever holds the key now may have made all of
 * it already. Of several failed other conditions the first of this order tells: the decision
 * rested on old data.
 */
const ORDER = [
  'changed-meanwhile',
  'application-gone',
  'too-many-endpoints',
  'too-many-bytes',
  'uid-taken',
] as const;

const meaningOf = (write: Write | undefined, found: Row | undefined): Meaning | undefined =>
  typeof write?.meaning === 'function' ? write.meaning(found) : write?.meaning;

export const commit = async (catalog: Catalog, writes: readonly Write[]): Promise<Committed> => {
  const outcome = await transact(
    catalog.client,
    writes.map(({ write }) => write),
    catalog.pause,
  );
  if (outcome.kind === 'written') return 'written';
  const failed = new Set([...outcome.failed].map(([index, found]) => meaningOf(writes[index], found)));
  if (failed.has('hold-lost')) throw new LockLost('the idempotency key was taken over');
  const meaning = ORDER.find((name) => failed.has(name));
  if (meaning === undefined) throw new Error('a transaction was refused without a failed condition');
  return meaning;
};

type Refused = Exclude<Committed, 'written' | 'changed-meanwhile'>;

/** What to write and the answer if it is written. Without writes the answer stands at once. */
export interface Plan<Answer> {
  readonly answer: Answer;
  readonly writes: readonly Write[];
  /** The answers where a write is refused; absent where that cannot be. */
  readonly refused?: Readonly<Partial<Record<Refused, Answer>>>;
}

// 50 writers of one item, one winner a round, with room: at most some twenty seconds of waiting.
const ROUNDS = 100;

/** Reads, decides and writes, all again when another writer came between. TableBusy when that never ends. */
export const decideAndWrite = async <Current, Answer>(
  catalog: Catalog,
  read: () => Promise<Current>,
  decide: (current: Current, rev: bigint) => Plan<Answer>,
): Promise<Answer> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const plan = decide(await read(), catalog.newRev());
    const outcome = plan.writes.length === 0 ? 'written' : await commit(catalog, plan.writes);
    if (outcome === 'written') return plan.answer;
    if (outcome !== 'changed-meanwhile') {
      const refused = plan.refused?.[outcome];
      if (refused === undefined) throw new Error(`a write that cannot be refused was: ${outcome}`);
      return refused;
    }
    await pauseBefore(round, catalog.pause);
  }
  throw new TableBusy(`another writer came first ${ROUNDS} times`);
};
