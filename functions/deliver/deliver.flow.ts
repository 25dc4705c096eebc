import type { AdmissionDecision } from './admission/admission.domain.ts';
import { makeReadAndAdmit } from './admission/read-and-admit.flow.ts';
import type { ReadAndAdmitDeps } from './admission/read-and-admit.flow.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import { makeAttemptOnce } from './attempts/attempt.flow.ts';
import type { AttemptDeps } from './attempts/attempt.flow.ts';
import { makeResume } from './attempts/resume.flow.ts';
import { makeCancel } from './cancel.flow.ts';
import { isTimeout } from './causes.domain.ts';
import { makeCheckEligibility } from './eligibility/check-eligibility.flow.ts';
import type { HealthTracker } from './circuit-breaker/circuit-breaker.flow.ts';
import type { Parking } from './circuit-breaker/parking.flow.ts';
import type { After, AttemptLog, DeliveryQueue, ReadBody } from './delivery.port.ts';
import type { DeliveryOutcome, DeliveryRecord, ReceivedDelivery } from './delivery-record.ts';
import { isAnyCrowded, OLD_MS } from './lanes/crowding.domain.ts';
import type { OldRequests } from './lanes/old-requests.flow.ts';
import { makeSlots } from './lanes/endpoint-slots.ts';
import type { AcquireSlot } from './lanes/endpoint-slots.ts';
import type { FollowUp } from './follow-up.flow.ts';
import { SLOW_MS } from './lanes/lane.domain.ts';
import type { Schedule } from './retries/schedule.flow.ts';
import { payloadBytes } from '../messages/message.domain.ts';
import type { TakeBytes } from '../platform/concurrency/byte-budget.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import { ATTEMPT_MARGIN_MS, LONGEST_WAIT_MS } from '../platform/limits/delivery.domain.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../platform/limits/queues.domain.ts';
import { secondsUntil } from '../platform/rate-limiter/rate-limiter.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

export interface DeliverDeps extends ReadAndAdmitDeps, AttemptDeps {
  readonly log: AttemptLog;
  readonly readBody: ReadBody;
  /** Memory for the payload of a request, released when the request has ended. */
  readonly takeMemory: TakeBytes;
  readonly followUp: FollowUp;
  readonly schedule: Schedule;
  readonly parking: Parking;
  /** Starts collecting the health observations of one batch. */
  readonly startTracker: () => HealthTracker;
  /** Starts counting old requests of one batch. */
  readonly startOldRequests: () => OldRequests;
  /** The queue of this lane. */
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  /** Requests that one endpoint may have open at a time within a batch. */
  readonly openPerEndpoint: number;
  readonly after: After;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly step: Step;
}

/** A batch under way: call `deliver` once for each record, by its index, and `finish` after the last. */
export interface DeliveryBatch {
  deliver(index: number): Promise<DeliveryOutcome>;
  /** Writes what the batch observed of the health of its endpoints, and waits for what it counts. */
  finish(): Promise<void>;
}

/** Starts a batch: reads for all of it at once; then each record is delivered separately. `remainingMs`: of the invocation. */
export type StartBatch = (received: readonly ReceivedDelivery[], remainingMs: () => number) => DeliveryBatch;

/** What the records of a batch share. */
interface Batch {
  readonly acquireSlot: AcquireSlot;
  readonly remainingMs: () => number;
  /** When the rows of its records were read, or a little earlier. */
  readonly readAt: number;
  readonly tracker: HealthTracker;
  readonly oldRequests: OldRequests;
  /** The jitter of its retries: deliveries that fail together wait together, in one due row (retries/retry-packs.ts). */
  readonly jitter: number;
}

/** How long a message waited for its first attempt. Later attempts, replays and resends are not first ones. */
const waitedFor = ({ context: { message } }: DeliveryRecord, { trigger, at }: Attempt) =>
  message === undefined ||
  trigger.kind !== 'scheduled' ||
  trigger.number !== 1 ||
  trigger.series !== undefined
    ? {}
    : { waitedMs: Math.max(0, at - Math.max(message.createdAt, message.deliverAt ?? 0)) };

/** A delivery that waits for its duplicate checks again after this delay, the longest that the queue can hold it. */
const DUPLICATE_CHECK_MS = LONGEST_QUEUE_DELAY_SECONDS * 1_000;

/**
 * One delivery, from queue record to follow-up:
 *
 *   read and admit (breaker, lane, throttle) -> acquire slot and memory -> check eligibility -> load the body ->
 *   claim, if a duplicate may be under way -> attempt -> record -> follow up
 *
 * A record whose attempt is recorded already goes straight to the follow-up.
 */
export const makeDeliver = (deps: DeliverDeps): StartBatch => {
  const { log, followUp, now, step } = deps;
  const readAndAdmit = makeReadAndAdmit(deps);
  const checkEligibility = makeCheckEligibility(deps);
  const cancel = makeCancel(deps);
  const attemptOnce = makeAttemptOnce(deps);
  const resume = makeResume(deps);

  const deliver = async (
    batch: Batch,
    record: DeliveryRecord,
    decision: AdmissionDecision,
  ): Promise<DeliveryOutcome> => {
    const { recorded } = record.context;
    if (recorded !== undefined) {
      // A crash may have lost the observation. A failure must not count twice; a success may.
      if (recorded.succeeded) observe(batch, record, recorded, false);
      return resume(record, recorded);
    }
    switch (decision.kind) {
      case 'park':
        await releaseClaim(record);
        await deps.parking.park(record.delivery, decision.deadline, record.context.health);
        return { kind: 'parked' };
      case 'forward':
        return forwardToSlowLane(record);
      case 'throttle':
        return delayUntilSlot(record, decision.slot);
      case 'send':
        return send(batch, record, decision);
    }
  };

  const send = async (
    batch: Batch,
    record: DeliveryRecord,
    { probe, noRetryAfter }: Extract<AdmissionDecision, { kind: 'send' }>,
  ): Promise<DeliveryOutcome> => {
    const outcome = await withSlotAndMemory(batch, record, () =>
      checkAndAttempt(batch, record, noRetryAfter),
    );
    if (outcome.kind !== 'attempted') return outcome;
    return recordAndFollowUp(batch, record, outcome.attempt, probe);
  };

  /** Waits for a slot at the endpoint and for memory for the payload, and releases both after the work. */
  const withSlotAndMemory = async (
    batch: Batch,
    { delivery, context: { message } }: DeliveryRecord,
    work: () => Promise<DeliveryOutcome>,
  ): Promise<DeliveryOutcome> => {
    const releaseSlot = await batch.acquireSlot(delivery.endpointId);
    const releaseMemory = await deps.takeMemory(message === undefined ? 0 : payloadBytes(message, now()));
    try {
      return await work();
    } finally {
      releaseMemory();
      releaseSlot();
    }
  };

  /** The outcome is `attempted` where a request was sent; it is recorded once slot and memory are released. */
  const checkAndAttempt = async (
    batch: Batch,
    record: DeliveryRecord,
    noRetryAfter: number | null,
  ): Promise<DeliveryOutcome> => {
    const eligibility = await checkEligibility(record);
    if (eligibility.kind === 'ended') return eligibility;
    if (eligibility.kind === 'canceled') return cancel(record, eligibility.reason);
    const { settings, endpoint, message } = eligibility;
    const body = await deps.readBody(message, now());
    // The row named an object that is gone: the payload was expunged between the two reads.
    if (body === null) return cancel(record, 'payload_expunged');
    if (!isInTime(batch, settings)) return forwardToSlowLane(record);
    if (!(await mayAttempt(record))) return waitForDuplicate(record);
    await step('deliver.read');
    const cancelTimer = deps.after(SLOW_MS, () => batch.tracker.markSlowWhilePending(record));
    const endWatch = batch.oldRequests.watch(record.context.crowding);
    const webhook = { settings, endpoint, message, body };
    const attempt = await attemptOnce(record, webhook, { noRetryAfter, jitter: batch.jitter }) //
      .finally(() => {
        cancelTimer();
        endWatch();
      });
    return { kind: 'attempted', attempt };
  };

  /**
   * Whether a request of its full timeout ends before the invocation does, and is recorded before a duplicate starts that
   * the rows did not show when they were read.
   */
  const isInTime = ({ remainingMs, readAt }: Batch, { requestTimeout }: OrganizationSettings): boolean =>
    remainingMs() >= requestTimeout * 1000 + ATTEMPT_MARGIN_MS && now() - readAt <= LONGEST_WAIT_MS;

  const mayHaveDuplicate = ({ delivery, context, receipt }: DeliveryRecord): boolean =>
    context.mayHaveDuplicate || delivery.released !== undefined || receipt.receiveCount > 1;

  /** Where a duplicate of this delivery may be under way, only the one that holds the claim sends. */
  const mayAttempt = async (record: DeliveryRecord): Promise<boolean> =>
    !mayHaveDuplicate(record) || log.claimDuplicate(record.delivery, record.receipt.queueMessageId, now());

  /** Before the delivery goes on in another queue message: the claim of an earlier receive would keep that one waiting. */
  const releaseClaim = async (record: DeliveryRecord): Promise<void> => {
    if (!mayHaveDuplicate(record)) return;
    await log.releaseDuplicate(record.delivery, record.receipt.queueMessageId, now());
    await step('deliver.claim-released');
  };

  const recordAndFollowUp = async (
    batch: Batch,
    record: DeliveryRecord,
    attempt: Attempt,
    probe: boolean,
  ): Promise<DeliveryOutcome> => {
    await step('deliver.posted');
    const recorded = await log.record(attempt, record.context.message);
    await step('deliver.recorded');
    observe(batch, record, attempt, probe);
    if (recorded.id !== attempt.id) return resume(record, recorded); // a duplicate recorded its attempt first
    await followUp(record, recorded, 'first');
    return { kind: 'attempted', attempt: recorded, ...waitedFor(record, recorded) };
  };

  /** The duplicate may still be dead-lettered unsent, so this delivery is not dropped. */
  const waitForDuplicate = async ({ delivery }: DeliveryRecord): Promise<DeliveryOutcome> => {
    await deps.schedule(delivery, now() + DUPLICATE_CHECK_MS, now());
    return { kind: 'waiting' };
  };

  const forwardToSlowLane = async (record: DeliveryRecord): Promise<DeliveryOutcome> => {
    await releaseClaim(record);
    await deps.slowQueue.send([{ delivery: record.delivery, delaySeconds: 0 }]);
    await step('deliver.forwarded');
    return { kind: 'forwarded' };
  };

  const delayUntilSlot = async (record: DeliveryRecord, slot: number): Promise<DeliveryOutcome> => {
    await releaseClaim(record);
    const { delivery } = record;
    await deps.queue.send([{ delivery: { ...delivery, slot }, delaySeconds: secondsUntil(slot, now()) }]);
    await step('deliver.throttled');
    return { kind: 'throttled' };
  };

  const observe = (batch: Batch, record: DeliveryRecord, attempt: Attempt, probe: boolean) => {
    if (attempt.decision.kind === 'gone') return; // its endpoint is disabled, and so has no health
    const { succeeded, at, responseDurationMs: durationMs, cause } = attempt;
    const timedOut = isTimeout(cause);
    batch.tracker.record(record, { succeeded, at, durationMs, timedOut, probe });
    if (durationMs < OLD_MS && isAnyCrowded(record.context.crowding, now())) batch.tracker.markQuick(record);
  };

  return (received, remainingMs) => {
    const readAt = now();
    const admitted = readAndAdmit(received);
    const tracker = deps.startTracker();
    const oldRequests = deps.startOldRequests();
    const batch: Batch = {
      ...{ remainingMs, readAt, tracker, oldRequests },
      acquireSlot: makeSlots(deps.openPerEndpoint),
      jitter: deps.jitter(),
    };
    return {
      async deliver(index) {
        const one = await admitted[index];
        if (one === undefined) throw new Error(`no record ${index} in this batch`);
        return deliver(batch, one.record, one.decision);
      },
      async finish() {
        await settleAll([tracker.finish(), oldRequests.finish()]);
      },
    };
  };
};
