import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyPersistenceLayerError,
  IdempotencyRecordStatus,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { logger } from '../lambda/logger.ts';
import { asError } from '../lambda/record-failure.ts';
import type { Once, WorkRecord } from './work-record.port.ts';

type Data = Parameters<BasePersistenceLayer['saveInProgress']>[0];

/** Each record has a key of its own, so the text that Powertools would hash into a key is always the same. */
const ANY_KEY = 'work';

/**
 * Powertools' persistence layer over one work record. Its own layer for DynamoDB needs the SDK's client, which is 200 KB of
 * code, and has keys that do not begin with the tenant (docs/decisions/0105).
 */
class WorkRecordLayer extends BasePersistenceLayer {
  readonly #record: WorkRecord;
  readonly #lockMs: number;

  constructor(record: WorkRecord, lockMs: number) {
    super();
    this.#record = record;
    this.#lockMs = lockMs;
  }

  /** The lock lasts as long as a function may run, whatever is left of this invocation. */
  override saveInProgress(data: Data): Promise<void> {
    return super.saveInProgress(data, this.#lockMs);
  }

  protected override async _putRecord({
    idempotencyKey,
    inProgressExpiryTimestamp = Date.now() + this.#lockMs,
  }: IdempotencyRecord): Promise<void> {
    const earlier = await this.#record.start(inProgressExpiryTimestamp);
    if (earlier === undefined) return;
    const existing = new IdempotencyRecord(
      earlier.kind === 'completed'
        ? { idempotencyKey, status: IdempotencyRecordStatus.COMPLETED, responseData: earlier.result }
        : { idempotencyKey, status: IdempotencyRecordStatus.INPROGRESS },
    );
    throw new IdempotencyItemAlreadyExistsError('the work was started before', existing);
  }

  protected override _updateRecord({ responseData }: IdempotencyRecord): Promise<void> {
    return this.#record.complete(typeof responseData === 'string' ? responseData : '');
  }

  /** Only delays the next repeat if it fails, and must not hide the failure of the work. */
  protected override async _deleteRecord(): Promise<void> {
    await this.#record
      .release()
      .catch((error: unknown) => logger.warn('work record not released', { error: asError(error) }));
  }

  /** Powertools reads a record only if the error of `_putRecord` does not have it. */
  protected override _getRecord(): Promise<IdempotencyRecord> {
    return Promise.reject(new Error('a work record is not read after its start'));
  }
}

/** The error of the store instead of Powertools' wrapper, since log and failure log name the cause. */
const unwrapped = (error: unknown): unknown =>
  error instanceof IdempotencyPersistenceLayerError && error.cause !== undefined ? error.cause : error;

/**
 * Powertools idempotency over records of our own. `lockMs`: the longest time that work can take, which is the function's
 * timeout; after a crash the work may start again once it has passed.
 */
export const makeOnce = (lockMs: number): Once => {
  const config = new IdempotencyConfig({ hashFunction: 'sha256' });
  return async (record, work) => {
    const state = { ran: false };
    const doWork = async (_key: string): Promise<string> => {
      state.ran = true;
      return work();
    };
    const persistenceStore = new WorkRecordLayer(record, lockMs);
    try {
      const result = await makeIdempotent(doWork, { persistenceStore, config })(ANY_KEY);
      return { kind: state.ran ? 'done' : 'repeated', result };
    } catch (error) {
      throw unwrapped(error);
    }
  };
};
