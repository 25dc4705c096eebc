import type { TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type {
  Answer,
  IdempotencyLock,
  IdempotencyStore,
  StoredResponse,
  LockState,
} from './run-once.flow.ts';
import type { Seal } from '../platform/secrets/seal.ts';
import { pack, unpack } from '../platform/codec/codec.ts';
import { controlKeys } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';

const VERSION = 1;
/** As long as Svix: an answer 12 hours, a run that may have crashed 5 seconds. */
const ANSWER_SECONDS = 43_200;
const LOCK_MS = 5_000;

/** `h`: who runs or ran, `d`: digest of its body. `s` and `b`: status and sealed body, once there is an answer. */
const row = z.object({
  v: z.literal(VERSION),
  h: z.string(),
  d: z.string(),
  s: z.number().optional(),
  b: z.instanceof(Uint8Array).optional(),
});

const seconds = (ms: number) => Math.floor(ms / 1000);
const keyOf = ({ orgId, digest }: IdempotencyLock) => controlKeys.idempotency(orgId, digest);
/** Binds an answer to its key: moved elsewhere it does not open. */
const placeOf = (lock: IdempotencyLock) => keyOf(lock).pk;

export interface IdempotencyOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Answers hold tokens and secrets, so none lies there readable. */
  readonly seal: Pick<Seal, 'seal' | 'open'>;
}

/** How an answer is written: by itself, or within the transaction that makes what it tells of. */
const makeFinishRequest = ({ table, seal }: Omit<IdempotencyOptions, 'client'>) => {
  return ({ lock, answer, at }: StoredResponse) => {
    const body = answer.body === null ? undefined : seal.seal(pack(Buffer.from(answer.body)), placeOf(lock));
    return {
      TableName: table,
      Key: marshall(keyOf(lock)),
      UpdateExpression: `SET s = :s, #ttl = :ttl${body === undefined ? '' : ', b = :b'}`,
      ConditionExpression: 'h = :h',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall(
        { ':s': answer.status, ':ttl': seconds(at) + ANSWER_SECONDS, ':h': lock.holder, ':b': body },
        { removeUndefinedValues: true },
      ),
    } satisfies Update;
  };
};

/** The part of a transaction that stores its answer; its condition fails where the hold was lost. */
export type StoredResponseWrite = (storedResponse: StoredResponse) => TransactWriteItem;

export const makeStoredResponseWrite = (options: Omit<IdempotencyOptions, 'client'>): StoredResponseWrite => {
  const finishRequest = makeFinishRequest(options);
  return (storedResponse) => ({ Update: finishRequest(storedResponse) });
};

/** True where it was done, false where another holds the key by now. */
const ifOwned = async (sent: Promise<unknown>): Promise<boolean> => {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

export const makeIdempotency = (options: IdempotencyOptions): IdempotencyStore => {
  const { client, table, seal } = options;
  const finishRequest = makeFinishRequest(options);

  const answerOf = (lock: IdempotencyLock, { s: status, b }: z.output<typeof row>): Answer | undefined => {
    if (status === undefined) return undefined;
    const body = b === undefined ? null : Buffer.from(unpack(seal.open(b, placeOf(lock)))).toString();
    return { status, body };
  };

  const standingOf = (lock: IdempotencyLock, state: Row): LockState => {
    const parsed = row.parse(state);
    const answer = answerOf(lock, parsed);
    if (answer !== undefined) return { kind: 'answered', answer, requestDigest: parsed.d };
    // A first try of ours whose answer was lost on the way.
    return { kind: parsed.h === lock.holder ? 'mine' : 'held' };
  };

  return {
    async start(lock, nowMs) {
      const item = {
        ...{ ...keyOf(lock), v: VERSION, type: 'once' },
        ...{ h: lock.holder, d: lock.requestDigest, l: nowMs + LOCK_MS },
      };
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...item, ttl: seconds(nowMs) + ANSWER_SECONDS }),
            ConditionExpression:
              'attribute_not_exists(pk) OR #ttl < :now OR (attribute_not_exists(s) AND l < :nowMs)',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: marshall({ ':now': seconds(nowMs), ':nowMs': nowMs }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { kind: 'mine' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item === undefined ? { kind: 'held' } : standingOf(lock, unmarshall(error.Item));
      }
    },

    async finish(storedResponse) {
      await ifOwned(client.send(new UpdateItemCommand(finishRequest(storedResponse))));
    },

    async free(lock) {
      await ifOwned(
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: marshall(keyOf(lock)),
            // An answer that stands was stored with its effect, whatever the run saw of that.
            ConditionExpression: 'h = :h AND attribute_not_exists(s)',
            ExpressionAttributeValues: marshall({ ':h': lock.holder }),
          }),
        ),
      );
    },
  };
};
