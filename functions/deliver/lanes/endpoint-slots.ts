/** Acquires a slot at an endpoint, waiting until one is free. Call the returned function once to release it. */
export type AcquireSlot = (endpointId: string) => Promise<() => void>;

interface EndpointSlots {
  taken: number;
  readonly waiting: (() => void)[];
}

/** At most `limit` slots of one endpoint are taken at a time. Waiters get theirs in order. */
export const makeSlots = (limit: number): AcquireSlot => {
  const byEndpoint = new Map<string, EndpointSlots>();

  return async (endpointId) => {
    const slots = byEndpoint.get(endpointId) ?? { taken: 0, waiting: [] };
    byEndpoint.set(endpointId, slots);
    // A released slot goes straight to the next waiter, so `taken` does not change then.
    if (slots.taken >= limit) await new Promise<void>((resolve) => slots.waiting.push(resolve));
    else slots.taken += 1;
    return () => {
      const next = slots.waiting.shift();
      if (next === undefined) slots.taken -= 1;
      else next();
    };
  };
};
