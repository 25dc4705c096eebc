import { randomUUID } from 'node:crypto';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  TransactionCanceledException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Pause, Row } from './table.ts';
import { TRIES, TableBusy, pauseBefore, realPause } from './table.ts';

/** `failed`: the conditions that did not hold, by index; the item as it is, where ALL_OLD was asked for. */
export type Transacted =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly failed: ReadonlyMap<number, Row | undefined> };

/** Cancellation reasons that pass by themselves (API reference of TransactWriteItems, TransactionCanceledException). */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

const BROKEN = { kind: 'broken' } as const;
type Eligibility = Extract<Transacted, { kind: 'refused' }> | { readonly kind: 'again' } | typeof BROKEN;

/** What a cancelled transaction means: a condition that failed outweighs a conflict, since it was evaluated. */
const judgeCancellation = (error: TransactionCanceledException): Eligibility => {
  const reasons = error.CancellationReasons ?? [];
  const failed = new Map<number, Row | undefined>();
  reasons.forEach(({ Code, Item }, index) => {
    if (Code !== 'ConditionalCheckFailed') return;
    failed.set(index, Item === undefined ? undefined : unmarshall(Item));
  });
  if (failed.size > 0) return { kind: 'refused', failed };
  return reasons.some(({ Code }) => PASSING.has(Code ?? '')) ? { kind: 'again' } : BROKEN;
};

type Sent = Transacted | { readonly kind: 'again' } | { readonly kind: 'in-progress' };

const send = async (
  client: DynamoDBDocumentClient,
  writes: readonly TransactWriteItem[],
  token: string,
): Promise<Sent> => {
  try {
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: [...writes], ClientRequestToken: token }),
    );
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof TransactionInProgressException) return { kind: 'in-progress' };
    const eligibilityOf = error instanceof TransactionCanceledException ? judgeCancellation(error) : BROKEN;
    if (eligibilityOf.kind === 'broken') throw error;
    return eligibilityOf;
  }
};

/** All of the writes (100 at most) or none. Conflicts and throttling are waited out; TableBusy when they last. */
export const transact = async (
  client: DynamoDBDocumentClient,
  writes: readonly TransactWriteItem[],
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
        break; // An earlier try of ours, whose answer was lost, is at work: its token will tell how it ended.
    }
    await pauseBefore(attempt, pause);
  }
  throw new TableBusy(`a transaction met conflicts or throttling ${TRIES} times`);
};
