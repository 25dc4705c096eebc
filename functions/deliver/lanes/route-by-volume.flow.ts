import { LRUCache } from 'lru-cache';
import type { Delivery, DeliveryQueue, QueuedDelivery } from '../delivery.port.ts';
import { addDeliveries, isWorthMeasuring, laneOf, NO_VOLUME, withMeasuredRate } from './volume.domain.ts';
import type { Volume } from './volume.domain.ts';
import { settleAll, throwFirstFailure } from '../../platform/settle.domain.ts';

/** Applications whose volume a process knows. Another one belongs to the fast lane until its next burst. */
const MOST_VOLUMES = 10_000;

/** The volumes of applications that this process counts, by organization and application. */
export interface Volumes {
  get(application: string): Volume | undefined;
  set(application: string, volume: Volume): unknown;
}

export const makeVolumes = (): Volumes => new LRUCache<string, Volume>({ max: MOST_VOLUMES });

/** The port to an application's rate of messages, which all processes share: messages a second, or a lower bound. */
export type MeasureRate = (message: Pick<Delivery, 'orgId' | 'appId' | 'messageId'>) => Promise<number>;

export interface RouteByVolumeDeps<Queue extends DeliveryQueue> {
  /** The queue of the fast lane, which also takes drain timers. */
  readonly queue: Queue;
  readonly bulkQueue: Pick<DeliveryQueue, 'sendEach'>;
  readonly volumes: Volumes;
  /** Absent: this process decides by its own count. */
  readonly measureRate?: MeasureRate | undefined;
  readonly now: () => number;
}

type Outcome = PromiseSettledResult<void>;

/** The deliveries of one application that are sent together. */
interface Group {
  readonly name: string;
  readonly deliveries: readonly QueuedDelivery[];
  readonly lane: 'fast' | 'bulk';
}

const applicationOf = ({ delivery: { orgId, appId } }: QueuedDelivery): string =>
  JSON.stringify([orgId, appId]);

/** A lane whose queue fails as a whole fails none of the other lane's deliveries. */
const sendTo = async (
  lane: Pick<DeliveryQueue, 'sendEach'>,
  deliveries: readonly QueuedDelivery[],
): Promise<readonly (readonly [QueuedDelivery, Outcome])[]> => {
  if (deliveries.length === 0) return [];
  const [sent] = await Promise.allSettled([lane.sendEach(deliveries)]);
  return deliveries.map((one, index) => {
    const outcome = sent.status === 'fulfilled' ? sent.value[index] : sent;
    return [one, outcome ?? { status: 'rejected', reason: new Error('a delivery queue left out an entry') }];
  });
};

/**
 * A delivery queue that sends each delivery to the lane of its application: an application with many deliveries at a time
 * uses the bulk lane, so that it cannot fill the fast one. What is sent together counts together. A rate is measured
 * beside the sends and applies to the next ones, so that it delays no delivery; without an answer the level decides.
 */
export const makeRouteByVolume = <Queue extends DeliveryQueue>({
  queue,
  bulkQueue,
  volumes,
  measureRate,
  now,
}: RouteByVolumeDeps<Queue>): Queue => {
  const volumeOf = (application: string) => volumes.get(application) ?? NO_VOLUME;

  const groupsOf = (all: readonly QueuedDelivery[]): readonly Group[] => {
    const nowMs = now();
    return [...Map.groupBy(all, applicationOf)].map(([name, deliveries]) => {
      const volume = addDeliveries(volumeOf(name), deliveries.length, nowMs);
      volumes.set(name, volume);
      return { name, deliveries, lane: laneOf(volume, nowMs) };
    });
  };

  const measure = async ({ name, deliveries }: Group): Promise<void> => {
    const [first] = deliveries;
    if (measureRate === undefined || first === undefined || !isWorthMeasuring(volumeOf(name), now())) return;
    const messages = new Set(deliveries.map(({ delivery }) => delivery.messageId)).size;
    const [rate] = await Promise.allSettled([measureRate(first.delivery)]);
    if (rate.status === 'rejected') return;
    const perSecond = (rate.value * deliveries.length) / messages;
    volumes.set(name, withMeasuredRate(volumeOf(name), perSecond, now()));
  };

  const sendEach = async (all: readonly QueuedDelivery[]): Promise<readonly Outcome[]> => {
    const groups = groupsOf(all);
    const inLane = (lane: Group['lane']) =>
      groups.filter((group) => group.lane === lane).flatMap(({ deliveries }) => deliveries);
    const [fast, bulk] = await settleAll([
      sendTo(queue, inLane('fast')),
      sendTo(bulkQueue, inLane('bulk')),
      settleAll(groups.map(measure)),
    ]);
    const outcomes = new Map([...fast, ...bulk]);
    return all.flatMap((one) => outcomes.get(one) ?? []);
  };

  return {
    ...queue,
    sendEach,
    send: async (deliveries) => throwFirstFailure(await sendEach(deliveries)),
  };
};
