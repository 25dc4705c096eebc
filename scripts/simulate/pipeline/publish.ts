import { LARGEST_INLINE_BYTES } from '../../../functions/messages/payloads.ts';
import { SHARDS } from '../../../functions/platform/dynamodb/keys.ts';
import { DAY_SECONDS, MINUTE_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { Clock } from '../engine/clock.ts';
import type { Random } from '../engine/random.ts';
import type { Table } from '../model/dynamo.ts';
import type { LambdaFunction } from '../model/lambda.ts';
import { COMPRESSED, FUNCTION_MS, GATEWAY_MS, LOG_BYTES, READS, ROW_BYTES } from '../model/measured.ts';
import { PRICES } from '../model/prices.ts';
import { makeTokenBucket } from '../model/token-bucket.ts';
import type { Scenario } from '../scenario.ts';
import { pick } from './users.ts';
import type { Units } from './units.ts';
import { AWS_CALLS } from '../../../functions/platform/limits/aws-calls.domain.ts';

/** A message that was accepted. */
export interface Message {
  readonly user: number;
  readonly bytes: number;
  readonly acceptedAt: number;
}

export interface PublishDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly scenario: Scenario;
  /** Users of the sample, and one in how many they are. */
  readonly users: number;
  readonly scale: number;
  readonly lambda: LambdaFunction;
  readonly messages: Table;
  readonly control: Table;
  readonly units: Units;
  readonly accepted: (message: Message) => void;
}

export interface PublishUse {
  /** Messages that clients tried to publish. */
  readonly offered: number;
  readonly accepted: number;
  /** Messages that clients gave up after all repeats. */
  readonly refused: number;
  /** Requests that API Gateway answered 429, and when first. */
  readonly throttled: number;
  readonly throttledFrom: number | undefined;
  /** Requests that were answered 5xx: no concurrency, or the table. */
  readonly failed: number;
  /** Publishes a second in the busiest ten seconds. */
  readonly peak: number;
}

/** SDKs repeat a refused request: 1, 2, 4, 8 and 16 s later, more or less. */
const REPEATS = 5;
const PEAK_OVER_MS = 10_000;

/** Clients, API Gateway, and the publish function. */
export const makePublish = (deps: PublishDeps) => {
  const { clock, random, scenario, users, scale, lambda, messages, control, units } = deps;
  const { account, stage, spikes, hotTenant, messagesPerUserPerDay, busiestHourShare } = scenario;
  const rate = Math.min(stage.throttle.rate, account.apiRate) / scale;
  const gateway = makeTokenBucket(rate, Math.min(stage.throttle.burst, account.apiBurst) / scale);
  const endsAt = scenario.minutes * MINUTE_MS;
  const inHour = messagesPerUserPerDay * busiestHourShare;
  const perMs = (users * inHour * 24) / (DAY_SECONDS * SECOND_MS);
  const factors = spikes.map(({ factor }) => factor);
  const most = Math.max(1, ...factors) * perMs;
  let offered = 0;
  let accepted = 0;
  let refused = 0;
  let throttled = 0;
  let throttledFrom: number | undefined;
  let failed = 0;
  let window = { from: 0, count: 0 };
  let peak = 0;

  const factorAt = (atMs: number) =>
    spikes.reduce(
      (factor, { atMinute, minutes, factor: more }) =>
        atMs >= atMinute * MINUTE_MS && atMs < (atMinute + minutes) * MINUTE_MS ? factor * more : factor,
      1,
    );

  const countOffered = (nowMs: number) => {
    offered += 1;
    if (nowMs - window.from >= PEAK_OVER_MS) window = { from: nowMs - (nowMs % PEAK_OVER_MS), count: 0 };
    window.count += 1;
    peak = Math.max(peak, (window.count * scale * SECOND_MS) / PEAK_OVER_MS);
  };

  const repeat = (user: number, bytes: number, time: number) => {
    if (time > REPEATS) {
      refused += 1;
      return;
    }
    const backoffMs = 2 ** (time - 1) * SECOND_MS * (1 + random.jitter() / 2);
    clock.at(clock.now() + backoffMs, () => request(user, bytes, time + 1));
  };

  const write = (nowMs: number, user: number, bytes: number): number => {
    const stored = bytes * COMPRESSED;
    const asObject = stored > LARGEST_INLINE_BYTES;
    const rowUnits = asObject ? 1 : Math.ceil((stored + ROW_BYTES) / 1_024);
    if (asObject) units.s3Puts += 1;
    if (!asObject) units.storedBytes += stored;
    const partition = hotTenant !== undefined && user === 0 ? random.below(SHARDS) : undefined;
    control.read(READS.publish);
    return Math.max(control.write(nowMs, 1), messages.write(nowMs, rowUnits, partition));
  };

  const request = (user: number, bytes: number, time: number) => {
    const nowMs = clock.now();
    units.apiRequests += Math.max(1, Math.ceil(bytes / PRICES.httpApiChunkBytes));
    if (!gateway.take(nowMs, 1)) {
      throttled += 1;
      throttledFrom ??= nowMs;
      repeat(user, bytes, time);
      return;
    }
    const coldMs = lambda.start(nowMs);
    if (coldMs === undefined) {
      failed += 1;
      repeat(user, bytes, time);
      return;
    }
    const waitMs = write(nowMs, user, bytes);
    const durationMs = coldMs + FUNCTION_MS.publish.first + Math.min(waitMs, AWS_CALLS.dynamoDb.totalMs);
    units.logBytes += LOG_BYTES.message;
    clock.at(nowMs + durationMs, () => {
      lambda.end(clock.now(), durationMs);
      if (waitMs > AWS_CALLS.dynamoDb.totalMs) {
        failed += 1;
        repeat(user, bytes, time);
        return;
      }
      accepted += 1;
      deps.accepted({ user, bytes, acceptedAt: clock.now() + GATEWAY_MS });
    });
  };

  const publish = () => {
    const isHot = hotTenant !== undefined && random.chance(hotTenant.share);
    const first = hotTenant === undefined ? 0 : 1;
    const user = isHot ? 0 : Math.min(users - 1, first + random.below(Math.max(1, users - first)));
    const bytes = pick(scenario.payloadBytes, random.next())?.bytes ?? 1_000;
    countOffered(clock.now());
    request(user, bytes, 1);
  };

  /** Arrivals at the highest rate, thinned to that of the instant. */
  const arrive = () => {
    const nowMs = clock.now();
    if (random.chance((factorAt(nowMs) * perMs) / most)) publish();
    next(nowMs);
  };
  const next = (nowMs: number) => {
    const at = nowMs + random.exponential(1 / most);
    if (at < endsAt) clock.at(at, arrive);
  };
  next(0);

  return {
    use: (): PublishUse => ({ offered, accepted, refused, throttled, throttledFrom, failed, peak }),
    /** Publishes a second without a spike, of all users. */
    rate: perMs * SECOND_MS * scale,
    underWay: () => offered - accepted - refused,
  };
};
