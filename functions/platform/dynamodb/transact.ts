import { randomUUID } from 'node:crypto';
import { TransactionCanceled } from './errors.ts';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Pause, Row } from './table.ts';
import { TRIES, TableBusy, pauseBefore, realPause } from './table.ts';
import { TransactWriteCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** One write of a transaction. */
export type TransactWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** `failed`: the index of each write whose condition failed, with the stored item where the write asked for ALL_OLD. */
export type Transacted =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly failed: ReadonlyMap<number, Row | undefined> };

/** Transient cancellation reasons (API reference of TransactWriteItems, TransactionCanceledException). */
const TRANSIENT = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

const BROKEN = { kind: 'broken' } as const;
type Cancellation = Extract<Transacted, { kind: 'refused' }> | { readonly kind: 'again' } | typeof BROKEN;

/** Classifies a canceled transaction. A failed condition takes precedence over a conflict, since it was evaluated. */
const classifyCancellation = ({ reasons }: TransactionCanceled): Cancellation => {
  const failed = new Map<number, Row | undefined>();
  reasons.forEach(({ code, item }, index) => {
    if (code === 'ConditionalCheckFailed') failed.set(index, item);
  });
  if (failed.size > 0) return { kind: 'refused', failed };
  return reasons.some(({ code }) => TRANSIENT.has(code)) ? { kind: 'again' } : BROKEN;
};

const isInProgress = (error: unknown): boolean =>
  error instanceof Error && error.name === 'TransactionInProgressException';

type Sent = Transacted | { readonly kind: 'again' } | { readonly kind: 'in-progress' };

const send = async (client: DynamoClient, writes: readonly TransactWrite[], token: string): Promise<Sent> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: [...writes], ClientRequestToken: token }));
    return { kind: 'written' };
  } catch (error) {
    if (isInProgress(error)) return { kind: 'in-progress' };
    const cancellation = error instanceof TransactionCanceled ? classifyCancellation(error) : BROKEN;
    if (cancellation.kind === 'broken') throw error;
    return cancellation;
  }
};

/**
 * Does all writes (100 at most) or none. Retries conflicts and throttling with backoff; throws TableBusy if they last.
 */
export const transact = async (
  client: DynamoClient,
  writes: readonly TransactWrite[],
  pause: Pause = realPause,
): Promise<Transacted> => {
  let token = randomUUID();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const sent = await send(client, writes, token);
    switch (sent.kind) {
      case 'written':
      case 'refused':
        return sent;
      case 'again':
        token = randomUUID();
        break;
      case 'in-progress':
        break; // An earlier try, whose response was lost, is still running. The same token returns its result.
    }
    await pauseBefore(attempt, pause);
  }
  throw new TableBusy(`a transaction was throttled or in conflict ${TRIES} times`);
};
