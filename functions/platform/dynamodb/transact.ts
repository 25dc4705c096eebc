import { randomUUID } from 'node:crypto';
import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Pause, Row } from './table.ts';
import { TRIES, TableBusy, pauseBefore, realPause } from './table.ts';

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
const classifyCancellation = (error: TransactionCanceledException): Cancellation => {
  const reasons = error.CancellationReasons ?? [];
  const failed = new Map<number, Row | undefined>();
  reasons.forEach(({ Code, Item }, index) => {
    if (Code !== 'ConditionalCheckFailed') return;
    failed.set(index, Item === undefined ? undefined : unmarshall(Item));
  });
  if (failed.size > 0) return { kind: 'refused', failed };
  return reasons.some(({ Code }) => TRANSIENT.has(Code ?? '')) ? { kind: 'again' } : BROKEN;
};

type Sent = Transacted | { readonly kind: 'again' } | { readonly kind: 'in-progress' };

const send = async (
  client: DynamoDBDocumentClient,
  writes: readonly TransactWrite[],
  token: string,
): Promise<Sent> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: [...writes], ClientRequestToken: token }));
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof TransactionInProgressException) return { kind: 'in-progress' };
    const cancellation = error instanceof TransactionCanceledException ? classifyCancellation(error) : BROKEN;
    if (cancellation.kind === 'broken') throw error;
    return cancellation;
  }
};

/**
 * Does all writes (100 at most) or none. Retries conflicts and throttling with backoff; throws TableBusy if they last.
 */
export const transact = async (
  client: DynamoDBDocumentClient,
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
