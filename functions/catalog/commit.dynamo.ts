import { randomBytes } from 'node:crypto';
import { LockLost } from '../idempotency/run-once.flow.ts';
import type { Conflict, NotFound, StoredResponseOf } from './catalog.port.ts';
import type { Meaning, Write } from './writes.ts';
import type { StoredResponseWrite } from '../idempotency/idempotency.dynamo.ts';
import type { Pause, Row } from '../platform/dynamodb/table.ts';
import { pauseBefore, realPause, TableBusy } from '../platform/dynamodb/table.ts';
import { transact } from '../platform/dynamodb/transact.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

export interface Catalog {
  readonly client: DynamoClient;
  readonly table: string;
  /** A random 64-bit number. */
  readonly newRev: () => bigint;
  readonly pause: Pause;
  /** The write that stores the response under the idempotency key; absent: the function creates nothing by API. */
  readonly storedResponseWrite?: StoredResponseWrite;
}

export const makeCatalog = (
  client: DynamoClient,
  table: string,
  storedResponseWrite?: StoredResponseWrite,
): Catalog => ({
  client,
  table,
  ...(storedResponseWrite === undefined ? {} : { storedResponseWrite }),
  newRev: () => randomBytes(8).readBigUInt64BE(),
  pause: realPause,
});

/** The write that stores the response in the transaction of a new item, if the request has an idempotency key. */
export const withStoredResponse = <Item>(
  { storedResponseWrite }: Catalog,
  item: Item,
  storedResponseOf: StoredResponseOf<Item> | undefined,
): readonly Write[] => {
  if (storedResponseOf === undefined) return [];
  if (storedResponseWrite === undefined) throw new Error('This catalog cannot store responses');
  return [{ meaning: 'lock-lost', write: storedResponseWrite(storedResponseOf(item)) }];
};

export type Committed = 'written' | Exclude<Meaning, 'lock-lost'>;

/** If several conditions failed, the first in this order is the outcome: the decision was made from old data. */
const ORDER = [
  'changed-meanwhile',
  'application-gone',
  'too-many-endpoints',
  'too-many-bytes',
  'uid-taken',
] as const;

const meaningOf = (write: Write | undefined, found: Row | undefined): Meaning | undefined =>
  typeof write?.meaning === 'function' ? write.meaning(found) : write?.meaning;

/**
 * Writes one transaction. Throws LockLost if the response could not be stored under the idempotency key, since the
 * request that took the lock over may have created the same item already.
 */
export const commit = async (catalog: Catalog, writes: readonly Write[]): Promise<Committed> => {
  const outcome = await transact(
    catalog.client,
    writes.map(({ write }) => write),
    catalog.pause,
  );
  if (outcome.kind === 'written') return 'written';
  const failed = new Set([...outcome.failed].map(([index, found]) => meaningOf(writes[index], found)));
  if (failed.has('lock-lost')) throw new LockLost('another request took over the idempotency lock');
  const meaning = ORDER.find((name) => failed.has(name));
  if (meaning === undefined) throw new Error('A transaction was refused without a failed condition');
  return meaning;
};

type Refused = Exclude<Committed, 'written' | 'changed-meanwhile'>;

export const NOT_FOUND: NotFound = { kind: 'not-found' };
export const CONFLICT: Conflict = { kind: 'conflict' };

/** The writes of a decision, and the answer once they are written. A plan without writes is answered at once. */
export interface Plan<Answer> {
  readonly answer: Answer;
  readonly writes?: readonly Write[];
  /** The answers if a condition fails; absent for conditions that cannot fail. */
  readonly refused?: Readonly<Partial<Record<Refused, Answer>>>;
}

// Enough for 50 concurrent writers of one item, one of which wins each round: at most about 20 s of backoff.
const ROUNDS = 100;

/**
 * Optimistic concurrency: reads, decides and writes, and repeats all of it if another writer came first. Throws
 * TableBusy after 100 rounds.
 */
export const decideAndWrite = async <Current, Answer>(
  catalog: Catalog,
  read: () => Promise<Current>,
  decide: (current: Current, rev: bigint) => Plan<Answer>,
): Promise<Answer> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { answer, writes = [], refused: answers } = decide(await read(), catalog.newRev());
    const outcome = writes.length === 0 ? 'written' : await commit(catalog, writes);
    if (outcome === 'written') return answer;
    if (outcome !== 'changed-meanwhile') {
      const refused = answers?.[outcome];
      if (refused === undefined) throw new Error(`Unexpected refusal of a write: ${outcome}`);
      return refused;
    }
    await pauseBefore(round, catalog.pause);
  }
  throw new TableBusy(`another writer came first ${ROUNDS} times`);
};

/** Decides and writes in the same way about an item that must exist. */
export const changeExisting = <Current, Answer>(
  catalog: Catalog,
  read: () => Promise<Current | undefined>,
  decide: (current: Current, rev: bigint) => Plan<Answer | NotFound>,
): Promise<Answer | NotFound> =>
  decideAndWrite<Current | undefined, Answer | NotFound>(catalog, read, (current, rev) =>
    current === undefined ? { answer: NOT_FOUND } : decide(current, rev),
  );
