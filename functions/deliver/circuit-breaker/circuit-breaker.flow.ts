import { mustOpen, opened } from './circuit-breaker.domain.ts';
import type { Breaker, OpenBreaker } from './circuit-breaker.domain.ts';
import { changeOf, healthPeriod, NO_OBSERVATION, addObservation } from './health.domain.ts';
import type { EndpointHealth, AttemptObservation, BatchObservation } from './health.domain.ts';
import { quickProof } from '../lanes/crowding.domain.ts';
import { slowMark } from '../lanes/lane.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { EndpointKey, ReadDelivery } from '../delivery.port.ts';
import type { ScheduleDrain } from '../retries/schedule.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** A message was exhausted `at` an instant by an endpoint in a period of its health (`healthPeriod`). */
export interface ExhaustedAt {
  readonly at: number;
  readonly period: number;
  readonly forgottenBefore: number;
}

/**
 * The port to the health of endpoints: one item each, none for healthy ones. A write that depends on the breaker that was
 * read (`from`) returns false and changes nothing if the breaker has changed since.
 */
export interface HealthStore {
  read(endpoint: EndpointKey): Promise<EndpointHealth>;
  /** Adds consecutive failures, and starts to count anew if the first was before `period`; returns the new health. */
  count(
    endpoint: EndpointKey,
    run: { readonly failures: number; readonly firstFailureAt: number; readonly period: number },
    nowMs: number,
  ): Promise<EndpointHealth>;
  /** Opens the breaker, or opens it again; the drain timer in force is then the one at `to.until`. */
  open(endpoint: EndpointKey, from: Breaker, to: OpenBreaker, nowMs: number): Promise<boolean>;
  /** Clears failures and `failingSince` and closes the breaker; `drainAt` null keeps the drain timer in force. */
  recover(endpoint: EndpointKey, from: Breaker, drainAt: number | null, nowMs: number): Promise<boolean>;
  /** Claims the right to send the one probe. */
  claimProbe(endpoint: EndpointKey, from: OpenBreaker, leaseUntil: number, nowMs: number): Promise<boolean>;
  markSlow(endpoint: EndpointKey, until: number, nowMs: number): Promise<void>;
  markQuick(endpoint: EndpointKey, until: number, nowMs: number): Promise<void>;
  /**
   * Sets `failingSince` unless it is set in this period and not before `forgottenBefore`; returns the value in force. null: a
   * later period has begun, and nothing was set.
   */
  startFailingSince(endpoint: EndpointKey, failure: ExhaustedAt, nowMs: number): Promise<number | null>;
  clearFailingSince(endpoint: EndpointKey, nowMs: number): Promise<void>;
  /** Sets the drain timer in force; false if `from` is not the present one. */
  setDrain(endpoint: EndpointKey, from: number | null, to: number | null, nowMs: number): Promise<boolean>;
}

export interface HealthTrackerDeps {
  readonly health: Pick<HealthStore, 'count' | 'open' | 'recover' | 'markSlow' | 'markQuick'>;
  readonly scheduleDrain: ScheduleDrain;
  readonly now: () => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly step: Step;
  /** Called once for each breaker that was closed before. */
  readonly breakerOpened?: () => void;
}

/** Collects the health observations of one batch and writes them in `finish`; none for healthy endpoints. */
export interface HealthTracker {
  record(delivery: ReadDelivery, attempt: AttemptObservation): void;
  /** Marks an endpoint as slow before it responded: a hanging one would occupy the fast lane until its timeout. */
  markSlowWhilePending(delivery: ReadDelivery): void;
  /** Proves an endpoint while a lane is crowded: at once, since the batch may last long. */
  markQuick(delivery: ReadDelivery): void;
  finish(): Promise<void>;
}

interface Observation {
  readonly key: EndpointKey;
  /** undefined: it was deleted meanwhile. */
  readonly endpoint: Endpoint | undefined;
  readonly health: EndpointHealth;
  /** When its batch began. */
  readonly startedAt: number;
  attempts: BatchObservation;
  /** Whether it was marked as slow before the end of the batch; undefined: that was not tried. */
  marked?: Promise<boolean>;
  /** The proof that it is quick; a lost one is written again by the next response. */
  proven?: Promise<void>;
}

export const makeHealthTracker = (deps: HealthTrackerDeps) => {
  const { health: store, now } = deps;

  /** If the process crashes before the breaker is open, the timer is not the one in force, and its worker ignores it. */
  const open = async ({ key: endpoint, startedAt }: Observation, from: Breaker, times: number) => {
    // A URL that was changed since the batch began is probed at once: its requests may have gone to the previous one.
    const to = { ...opened(times, now(), deps.jitter()), since: startedAt };
    await deps.scheduleDrain({ ...endpoint, at: to.until, step: 0 }, now());
    await deps.step('breaker.timer-sent');
    const isOpened = await store.open(endpoint, from, to, now());
    if (isOpened && from.kind === 'closed') deps.breakerOpened?.();
  };

  const recover = async (endpoint: EndpointKey, { breaker }: EndpointHealth) => {
    const drainAt = breaker.kind === 'open' ? now() : null;
    if (drainAt !== null) {
      // A second later, so that the breaker is closed before parked deliveries are released.
      await deps.scheduleDrain({ ...endpoint, at: drainAt + 1_000, step: 0 }, now());
      await deps.step('breaker.drain-timer-sent');
    }
    await store.recover(endpoint, breaker, drainAt === null ? null : drainAt + 1_000, now());
  };

  /** Returns true once the mark is written or need not be. */
  const mark = async ({ key, health }: Observation): Promise<boolean> => {
    const until = slowMark(health.slowUntil, now());
    if (until !== null) await store.markSlow(key, until, now());
    return true;
  };

  const settle = async (observation: Observation) => {
    const { key, endpoint, health, attempts } = observation;
    const marked = await observation.marked;
    await observation.proven;
    if (attempts.slow && marked !== true) await mark(observation);
    const change = changeOf(health, attempts);
    switch (change.kind) {
      case 'nothing':
        return;
      case 'recover':
        await recover(key, health);
        return;
      case 'reopen':
        await open(observation, health.breaker, change.times);
        return;
      case 'count': {
        const { failures, firstFailureAt } = change;
        const run = { failures, firstFailureAt, period: healthPeriod(endpoint) };
        const counted = await store.count(key, run, now());
        await deps.step('breaker.counted');
        if (mustOpen({ endpoint, health: counted, nowMs: now() }))
          await open(observation, counted.breaker, 1);
      }
    }
  };

  return (): HealthTracker => {
    const startedAt = now();
    const observations = new Map<string, Observation>();
    const observationOf = ({ delivery, context: { tenant, health } }: ReadDelivery): Observation => {
      const { orgId, appId, endpointId } = delivery;
      const name = `${orgId}/${appId}/${endpointId}`;
      const observation = observations.get(name) ?? {
        key: { orgId, appId, endpointId },
        endpoint: tenant?.endpoints.find(({ id }) => id === endpointId),
        ...{ health, startedAt },
        attempts: NO_OBSERVATION,
      };
      observations.set(name, observation);
      return observation;
    };
    return {
      record(delivery, attempt) {
        const observation = observationOf(delivery);
        observation.attempts = addObservation(observation.attempts, attempt);
      },
      markSlowWhilePending(delivery) {
        const observation = observationOf(delivery);
        // A mark that fails here is written again in `finish`.
        observation.marked ??= mark(observation).catch(() => false);
      },
      markQuick(delivery) {
        const observation = observationOf(delivery);
        const until = quickProof(observation.health.quickUntil, now());
        if (until !== null)
          observation.proven ??= store.markQuick(observation.key, until, now()).catch(() => undefined);
      },
      async finish() {
        await settleAll([...observations.values()].map(settle));
      },
    };
  };
};
