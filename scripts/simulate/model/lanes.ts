import type { Lane } from '../../../functions/deliver/lanes/lane.domain.ts';
import {
  queueConcurrency,
  USUAL_ACCOUNT_CONCURRENCY,
} from '../../../functions/platform/limits/concurrency.domain.ts';
import {
  FAST_LANE,
  OPEN_PER_ENDPOINT,
  SLOW_LANE,
} from '../../../functions/platform/limits/delivery.domain.ts';
import { SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { Scenario } from '../scenario.ts';

/** Something for each lane. A lane that is missing here or in `lanesOf` does not compile. */
export const eachLane = <Value>(of: (lane: Lane) => Value): Readonly<Record<Lane, Value>> => ({
  fast: of('fast'),
  slow: of('slow'),
});

/** The function of each lane. */
export const LANE_FUNCTIONS: Readonly<Record<Lane, string>> = { fast: 'deliver', slow: 'deliver-slow' };

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
    slow: {
      batch: SLOW_LANE.batch,
      windowMs: SLOW_LANE.windowSeconds * SECOND_MS,
      openPerEndpoint: Number.POSITIVE_INFINITY,
      ...of('slowDelivery'),
    },
  };
};
