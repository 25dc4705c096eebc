import type { Random } from './random.ts';

/** The order in which a queue returns messages. In flight: received, and neither acknowledged nor visible again. */
export interface QueueOrder<Item> {
  readonly add: (item: Item) => void;
  readonly take: (most: number) => readonly Item[];
  /** An item that was taken is not in flight any more. */
  readonly settle: (item: Item) => void;
}

/** The oldest first, or any order. */
export const plainOrder = <Item>(random: Random, shuffled: boolean): QueueOrder<Item> => {
  let waiting: Item[] = [];
  return {
    add: (item) => void waiting.push(item),
    take: (most) => {
      const order = shuffled ? random.shuffled(waiting) : waiting;
      waiting = order.slice(most);
      return order.slice(0, most);
    },
    settle: () => undefined,
  };
};

/** The thresholds that AWS published; SQS is distributed and applies them roughly. */
const NOISY_SHARE = 0.1;
const NOISY_LEAST = 30;

interface Group<Item> {
  readonly waiting: { readonly item: Item; readonly arrival: number }[];
  inFlight: number;
  noisy: boolean;
}

/**
 * SQS fair queues as AWS describes them ("How Amazon SQS fair queues work", SQS Developer Guide): a group with more than
 * a tenth of the messages in flight, and at least 30, is noisy until its backlog is gone. Messages of quiet groups are
 * handed out first; of noisy groups, those of the one with the fewest in flight. Left out is the second measure, a
 * group's share of recent processing time, which finds noisy groups earlier; so this is the less fair of the two.
 */
export const fairOrder = <Item extends { readonly group: string }>(): QueueOrder<Item> => {
  const groups = new Map<string, Group<Item>>();
  let inFlight = 0;
  let arrivals = 0;

  const groupOf = ({ group }: Item) => {
    const known = groups.get(group) ?? { waiting: [], inFlight: 0, noisy: false };
    groups.set(group, known);
    return known;
  };
  const classify = (group: Group<Item>) => {
    group.noisy =
      group.waiting.length > 0 &&
      (group.noisy || (group.inFlight >= NOISY_LEAST && group.inFlight > NOISY_SHARE * inFlight));
  };
  const ahead = (one: Group<Item>, other: Group<Item>) => {
    if (one.noisy !== other.noisy) return other.noisy;
    if (one.noisy && one.inFlight !== other.inFlight) return one.inFlight < other.inFlight;
    return one.waiting[0]!.arrival < other.waiting[0]!.arrival;
  };

  const next = () => {
    let first: Group<Item> | undefined;
    for (const group of groups.values()) {
      classify(group);
      if (group.waiting.length > 0 && (first === undefined || ahead(group, first))) first = group;
    }
    if (first === undefined) return [];
    first.inFlight += 1;
    inFlight += 1;
    return [first.waiting.shift()!.item];
  };

  return {
    add: (item) => void groupOf(item).waiting.push({ item, arrival: (arrivals += 1) }),
    take: (most) => Array.from({ length: most }).flatMap(next),
    settle: (item) => {
      groupOf(item).inFlight -= 1;
      inFlight -= 1;
    },
  };
};
