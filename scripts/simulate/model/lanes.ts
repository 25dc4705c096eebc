import type { Lane } from '../../../functions/deliver/lanes/lane.domain.ts';
import {
  addDeliveries,
  isWorthMeasuring,
  laneOf,
  NO_VOLUME,
  withMeasuredRate,
} from '../../../functions/deliver/lanes/volume.domain.ts';
import type { Volume } from '../../../functions/deliver/lanes/volume.domain.ts';
import {
  queueConcurrency,
  USUAL_ACCOUNT_CONCURRENCY,
} from '../../../functions/platform/limits/concurrency.domain.ts';
import {
  BULK_LANE,
  FAST_LANE,
  OPEN_PER_ENDPOINT,
  SLOW_LANE,
} from '../../../functions/platform/limits/delivery.domain.ts';
import { SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { Scenario } from '../scenario.ts';

/** Something for each lane. A lane that is missing here or in `lanesOf` does not compile. */
export const eachLane = <Value>(of: (lane: Lane) => Value): Readonly<Record<Lane, Value>> => ({
  fast: of('fast'),
  bulk: of('bulk'),
  slow: of('slow'),
});

/** The function of each lane. */
export const LANE_FUNCTIONS: Readonly<Record<Lane, string>> = {
  fast: 'deliver',
  bulk: 'deliver-bulk',
  slow: 'deliver-slow',
};

/** A lane as the stage deploys it. */
export interface LaneLimits {
  readonly batch: number;
  readonly windowMs: number;
  /** Requests that one endpoint may have open in a batch. */
  readonly openPerEndpoint: number;
  readonly maximumConcurrency: number;
  /** What raises its concurrency. */
  readonly change: string;
}

/** The lanes of delivery with the limits of the scenario's stage. */
export const lanesOf = ({ stage }: Scenario): Readonly<Record<Lane, LaneLimits>> => {
  const account = stage.accountConcurrency ?? USUAL_ACCOUNT_CONCURRENCY;
  const byDefault = queueConcurrency(account);
  const of = (setting: keyof typeof byDefault) => ({
    maximumConcurrency: stage.maximumConcurrency[setting] ?? byDefault[setting],
    change:
      account < USUAL_ACCOUNT_CONCURRENCY && stage.maximumConcurrency[setting] === undefined
        ? 'ask for more concurrent executions (Lambda, L-B99A9384) and raise "accountConcurrency" in the stage file, from which that of the lane derives'
        : `raise "${setting}.maximumConcurrency" in the stage file`,
  });
  return {
    fast: { batch: FAST_LANE.batch, windowMs: 0, openPerEndpoint: OPEN_PER_ENDPOINT, ...of('delivery') },
    bulk: { batch: BULK_LANE.batch, windowMs: 0, openPerEndpoint: OPEN_PER_ENDPOINT, ...of('bulkDelivery') },
    slow: {
      batch: SLOW_LANE.batch,
      windowMs: SLOW_LANE.windowSeconds * SECOND_MS,
      openPerEndpoint: Number.POSITIVE_INFINITY,
      ...of('slowDelivery'),
    },
  };
};

interface Counted {
  readonly volume: Volume;
  /** Deliveries of the second that began at `since`, and of the one before. */
  readonly since: number;
  readonly count: number;
  readonly before: number;
}

const START: Counted = { volume: NO_VOLUME, since: 0, count: 0, before: 0 };

const countOn = ({ volume, since, count, before }: Counted, more: number, nowMs: number): Counted => {
  if (nowMs - since < SECOND_MS) return { volume, since, count: count + more, before };
  return { volume, since: nowMs, count: more, before: nowMs - since < 2 * SECOND_MS ? count : 0 };
};

/** The lane of a user's deliveries that are fanned out together, by the policy of fan-out with an exact rate. */
export const makeLaneByVolume = () => {
  const users = new Map<unknown, Counted>();
  return (user: unknown, count: number, nowMs: number): Lane => {
    const counted = countOn(users.get(user) ?? START, count, nowMs);
    const added = addDeliveries(counted.volume, count, nowMs);
    const perSecond = Math.max(counted.count, counted.before);
    const volume = isWorthMeasuring(added, nowMs) ? withMeasuredRate(added, perSecond, nowMs) : added;
    users.set(user, { ...counted, volume });
    return laneOf(volume, nowMs);
  };
};
