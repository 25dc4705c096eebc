import { opened } from './circuit-breaker.domain.ts';
import type { Breaker } from './circuit-breaker.domain.ts';
import { changeOf, mustOpen, NOTHING_SEEN, tallied } from './health.domain.ts';
import type { EndpointHealth, Seen, HourlyCounts } from './health.domain.ts';
import { slowMark } from '../lanes/lane.domain.ts';
import type { EndpointKey } from '../delivery.port.ts';
import type { ScheduleDrain } from '../retries/schedule.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { settleAll } from '../../platform/settle.domain.ts';

export type OpenBreaker = Extract<Breaker, { kind: 'open' }>;

/**
 * The port to what is remembered of endpoints in trouble: one item each, none for the healthy. Writes that rest on a
 * breaker that was read answer false where another one stands by now, and change nothing.
 */
export interface HealthStore {
  read(endpoint: EndpointKey): Promise<EndpointHealth>;
  /** Adds failures in a row; answers what stands then. */
  count(
    endpoint: EndpointKey,
    run: { readonly failures: number; readonly firstFailureAt: number },
    nowMs: number,
  ): Promise<EndpointHealth>;
  /** Opens, or opens again; the next wake is at the end of the pause. */
  open(endpoint: EndpointKey, from: Breaker, to: OpenBreaker, nowMs: number): Promise<boolean>;
  /** Forgets failures and failure clock and closes; `wakeAt` null leaves the next wake as it is. */
  recover(endpoint: EndpointKey, from: Breaker, drainAt: number | null, nowMs: number): Promise<boolean>;
  /** The right to be the one probe. */
  claimProbe(endpoint: EndpointKey, from: OpenBreaker, leaseUntil: number, nowMs: number): Promise<boolean>;
  markSlow(endpoint: EndpointKey, until: number, nowMs: number): Promise<void>;
  /** Starts the failure clock unless one runs that started since `forgottenBefore`; answers when the one in force did. */
  startClock(endpoint: EndpointKey, atMs: number, forgottenBefore: number, nowMs: number): Promise<number>;
  stopClock(endpoint: EndpointKey, nowMs: number): Promise<void>;
  /** Names the next wake; false where `from` is not the one that stands. */
  setDrain(endpoint: EndpointKey, from: number | null, to: number | null, nowMs: number): Promise<boolean>;
}

export interface WatchDeps {
  readonly health: Pick<HealthStore, 'count' | 'open' | 'recover' | 'markSlow'>;
  readonly scheduleDrain: ScheduleDrain;
  readonly now: () => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly step: Step;
}

/** Collects what one batch sees of its endpoints, and writes it down in the end: nothing for healthy ones. */
export interface HealthTracker {
  record(endpoint: EndpointKey, health: EndpointHealth, seen: Seen): void;
  /** No answer for so long that the endpoint is slow: told at once, or a hanging one takes the whole lane until then. */
  markSlowWhilePending(endpoint: EndpointKey, health: EndpointHealth): void;
  finish(): Promise<void>;
}

interface Observation {
  readonly endpoint: EndpointKey;
  readonly health: EndpointHealth;
  tally: HourlyCounts;
  /** Whether it was marked as slow before the batch was over. */
  marked?: Promise<boolean>;
}

export const makeHealthTracker = (deps: WatchDeps) => {
  const { health: store, now } = deps;

  /** A wake that comes before the breaker opened, or never does because of a crash, finds another name and ends. */
  const open = async (endpoint: EndpointKey, from: Breaker, times: number) => {
    const to = opened(times, now(), deps.jitter());
    await deps.scheduleDrain({ ...endpoint, at: to.until, step: 0 }, now());
    await deps.step('breaker.wake-sent');
    await store.open(endpoint, from, to, now());
  };

  const recover = async (endpoint: EndpointKey, { breaker }: EndpointHealth) => {
    const drainAt = breaker.kind === 'open' ? now() : null;
    if (drainAt !== null) {
      // A second, so that the breaker is closed when what is parked comes out.
      await deps.scheduleDrain({ ...endpoint, at: drainAt + 1_000, step: 0 }, now());
      await deps.step('breaker.drain-sent');
    }
    await store.recover(endpoint, breaker, drainAt === null ? null : drainAt + 1_000, now());
  };

  /** Whether there is nothing more to mark. */
  const mark = async ({ endpoint, health }: Observation): Promise<boolean> => {
    const until = slowMark(health.slowUntil, now());
    if (until !== null) await store.markSlow(endpoint, until, now());
    return true;
  };

  const settle = async (observation: Observation) => {
    const { endpoint, health, tally } = observation;
    const marked = await observation.marked;
    if (tally.slow && marked !== true) await mark(observation);
    const change = changeOf(health, tally);
    switch (change.kind) {
      case 'nothing':
        return;
      case 'recover':
        await recover(endpoint, health);
        return;
      case 'reopen':
        await open(endpoint, health.breaker, change.times);
        return;
      case 'count': {
        const existing = await store.count(endpoint, change, now());
        await deps.step('breaker.counted');
        if (mustOpen(existing, now())) await open(endpoint, existing.breaker, 1);
      }
    }
  };

  return (): HealthTracker => {
    const observations = new Map<string, Observation>();
    const observationOf = (
      { orgId, appId, endpointId }: EndpointKey,
      health: EndpointHealth,
    ): Observation => {
      const name = `${orgId}/${appId}/${endpointId}`;
      const observation = observations.get(name) ?? {
        endpoint: { orgId, appId, endpointId },
        health,
        tally: NOTHING_SEEN,
      };
      observations.set(name, observation);
      return observation;
    };
    return {
      record(endpoint, health, seen) {
        const observation = observationOf(endpoint, health);
        observation.tally = tallied(observation.tally, seen);
      },
      markSlowWhilePending(endpoint, health) {
        const observation = observationOf(endpoint, health);
        // One that fails is written when the batch is over.
        observation.marked ??= mark(observation).catch(() => false);
      },
      async finish() {
        await settleAll([...observations.values()].map(settle));
      },
    };
  };
};
