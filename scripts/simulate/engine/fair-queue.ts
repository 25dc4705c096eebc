/**
 * The order in which a fair SQS queue returns messages, as AWS describes it ("How Amazon SQS fair queues work"): a group with
 * more than a tenth of the messages in flight, and at least 30, is noisy until its backlog is gone. Messages of quiet groups
 * come first. Of noisy groups, that with the fewest in flight is next. The least is that of a whole queue, so a sample of
 * one user in `scale` divides it.
 */
const NOISY_SHARE = 0.1;
const NOISY_LEAST = 30;

export interface FairQueue<Item> {
  readonly add: (group: number, item: Item) => void;
  readonly take: () => Item | undefined;
  /** A message of this group that was taken is not in flight any more. */
  readonly settle: (group: number) => void;
  /** Messages that wait. */
  readonly waiting: () => number;
  readonly inFlight: () => number;
}

interface Fifo<Item> {
  readonly push: (item: Item) => void;
  readonly shift: () => Item | undefined;
  readonly length: () => number;
}

/** An array whose front is cut off only now and then. */
export const makeFifo = <Item>(): Fifo<Item> => {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    shift: () => {
      const item = items[head];
      if (item === undefined) return undefined;
      head += 1;
      if (head > 1_000 && 2 * head > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    length: () => items.length - head,
  };
};

interface Group<Item> {
  readonly id: number;
  inFlight: number;
  waiting: number;
  /** Messages that were passed over while the group was noisy; undefined: it is quiet. */
  passedOver: Fifo<Item> | undefined;
}

export const makeFairQueue = <Item>(scale = 1): FairQueue<Item> => {
  const least = Math.max(1, NOISY_LEAST / scale);
  const arrivals = makeFifo<{ readonly group: Group<Item>; readonly item: Item }>();
  const groups = new Map<number, Group<Item>>();
  const noisy = new Set<Group<Item>>();
  let waiting = 0;
  let inFlight = 0;

  const groupOf = (id: number): Group<Item> => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const group: Group<Item> = { id, inFlight: 0, waiting: 0, passedOver: undefined };
    groups.set(id, group);
    return group;
  };

  const taken = (group: Group<Item>, item: Item): Item => {
    group.inFlight += 1;
    group.waiting -= 1;
    inFlight += 1;
    waiting -= 1;
    return item;
  };

  const isNoisy = (group: Group<Item>) =>
    group.passedOver !== undefined || (group.inFlight >= least && group.inFlight > NOISY_SHARE * inFlight);

  const passOver = (group: Group<Item>, item: Item) => {
    group.passedOver ??= makeFifo<Item>();
    noisy.add(group);
    group.passedOver.push(item);
  };

  const takeQuiet = (): Item | undefined => {
    for (let next = arrivals.shift(); next !== undefined; next = arrivals.shift()) {
      if (!isNoisy(next.group)) return taken(next.group, next.item);
      passOver(next.group, next.item);
    }
    return undefined;
  };

  const takeNoisy = (): Item | undefined => {
    let first: Group<Item> | undefined;
    for (const group of noisy) if (first === undefined || group.inFlight < first.inFlight) first = group;
    const item = first?.passedOver?.shift();
    if (first === undefined || item === undefined) return undefined;
    if (first.passedOver?.length() === 0) {
      first.passedOver = undefined;
      noisy.delete(first);
    }
    return taken(first, item);
  };

  return {
    add: (id, item) => {
      const group = groupOf(id);
      arrivals.push({ group, item });
      group.waiting += 1;
      waiting += 1;
    },
    take: () => takeQuiet() ?? takeNoisy(),
    settle: (id) => {
      const group = groupOf(id);
      group.inFlight -= 1;
      inFlight -= 1;
      if (group.inFlight === 0 && group.waiting === 0) groups.delete(id);
    },
    waiting: () => waiting,
    inFlight: () => inFlight,
  };
};
