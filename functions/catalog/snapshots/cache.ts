/** A cache with least-recently-used eviction. */
export interface Cache<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value): void;
  delete(name: string): void;
}

/**
 * Evicts the least recently used values once the sum of weights exceeds `room`, but never the newest value, however heavy.
 * `weightOf` is the weight of a value; absent: 1.
 */
export const makeCache = <Value>(
  room: number,
  weightOf: (value: Value) => number = () => 1,
): Cache<Value> => {
  const held = new Map<string, { readonly value: Value; readonly weight: number }>(); // in the order of use
  let used = 0;
  const remove = (name: string) => {
    used -= held.get(name)?.weight ?? 0;
    held.delete(name);
  };
  return {
    get: (name) => {
      const found = held.get(name);
      if (found === undefined) return undefined;
      held.delete(name);
      held.set(name, found);
      return found.value;
    },
    set: (name, value) => {
      remove(name);
      const weight = weightOf(value);
      held.set(name, { value, weight });
      used += weight;
      for (const oldest of held.keys()) {
        if (used <= room || oldest === name) return;
        remove(oldest);
      }
    },
    delete: remove,
  };
};
