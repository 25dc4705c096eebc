import { wholeSeconds } from '../platform/limits/time.domain.ts';
import { ConditionFailed, isWritten } from '../platform/dynamodb/errors.ts';
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
import { IDEMPOTENCY_SECONDS } from '../platform/limits/retention.domain.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import type { TransactWrite } from '../platform/dynamodb/transact.ts';
import { DeleteCommand, PutCommand, UpdateCommand } from '../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../platform/aws/command.ts';
import { LOCK_MS } from './run-once.flow.ts';

const VERSION = 1;

/** `h`: lock holder, `d`: digest of the request's body, `s` and `b`: status and encrypted body of the response. */
const row = z.object({
  v: z.literal(VERSION),
  h: z.string(),
  d: z.string(),
  s: z.number().optional(),
  b: z.instanceof(Uint8Array).optional(),
});

const keyOf = ({ orgId, digest }: IdempotencyLock) => controlKeys.idempotency(orgId, digest);
/** Binds a response to its key (AES-GCM additional data): copied to another key, it does not open. */
const aadOf = (lock: IdempotencyLock) => keyOf(lock).pk;

export interface IdempotencyOptions {
  readonly client: DynamoClient;
  readonly table: string;
  /** Encrypts responses at rest, because they contain tokens and secrets. */
  readonly seal: Pick<Seal, 'ready' | 'seal' | 'open'>;
}

/** The update that stores a response, either alone or in the transaction that creates the item. */
const makeFinishRequest = ({ table, seal }: Omit<IdempotencyOptions, 'client'>) => {
  return ({ lock, answer, at }: StoredResponse) => {
    const body = answer.body === null ? undefined : seal.seal(pack(Buffer.from(answer.body)), aadOf(lock));
    return {
      TableName: table,
      Key: keyOf(lock),
      UpdateExpression: `SET s = :s, #ttl = :ttl${body === undefined ? '' : ', b = :b'}`,
      ConditionExpression: 'h = :h',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':s': answer.status,
        ':ttl': wholeSeconds(at) + IDEMPOTENCY_SECONDS,
        ':h': lock.holder,
        ':b': body,
      },
    };
  };
};

/** The write of a transaction that stores its response. Its condition fails if the lock was lost. */
export type StoredResponseWrite = (storedResponse: StoredResponse) => TransactWrite;

export const makeStoredResponseWrite = (options: Omit<IdempotencyOptions, 'client'>): StoredResponseWrite => {
  const finishRequest = makeFinishRequest(options);
  return (storedResponse) => ({ Update: finishRequest(storedResponse) });
};

export const makeIdempotency = (options: IdempotencyOptions): IdempotencyStore => {
  const { client, table, seal } = options;
  const finishRequest = makeFinishRequest(options);

  const answerOf = async (
    lock: IdempotencyLock,
    { s: status, b }: z.output<typeof row>,
  ): Promise<Answer | undefined> => {
    if (status === undefined) return undefined;
    if (b !== undefined) await seal.ready([b]);
    const body = b === undefined ? null : Buffer.from(unpack(seal.open(b, aadOf(lock)))).toString();
    return { status, body };
  };

  const stateOf = async (lock: IdempotencyLock, state: Row): Promise<LockState> => {
    const parsed = row.parse(state);
    const answer = await answerOf(lock, parsed);
    if (answer !== undefined) return { kind: 'answered', answer, requestDigest: parsed.d };
    // `mine`: an earlier try of this call wrote the lock, but the SDK lost its response and retried.
    return { kind: parsed.h === lock.holder ? 'mine' : 'held' };
  };

  return {
    async start(lock, nowMs) {
      // The response may be stored in a transaction that cannot wait for it.
      await seal.ready();
      const item = {
        ...{ ...keyOf(lock), v: VERSION, type: 'once' },
        ...{ h: lock.holder, d: lock.requestDigest, l: nowMs + LOCK_MS },
      };
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { ...item, ttl: wholeSeconds(nowMs) + IDEMPOTENCY_SECONDS },
            ConditionExpression:
              'attribute_not_exists(pk) OR #ttl < :now OR (attribute_not_exists(s) AND l < :nowMs)',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: { ':now': wholeSeconds(nowMs), ':nowMs': nowMs },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { kind: 'mine' };
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        return error.item === undefined ? { kind: 'held' } : stateOf(lock, error.item);
      }
    },

    async finish(storedResponse) {
      await isWritten(client.send(new UpdateCommand(finishRequest(storedResponse))));
    },

    async free(lock) {
      await isWritten(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: keyOf(lock),
            // A stored response was written together with its effect, even if the run got an error: keep it.
            ConditionExpression: 'h = :h AND attribute_not_exists(s)',
            ExpressionAttributeValues: { ':h': lock.holder },
          }),
        ),
      );
    },
  };
};
