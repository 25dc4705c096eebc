/** Keeps what was used last. `weightOf` says how much of the room a value takes. */
export interface Cache<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value): void;
  delete(name: string): void;
}

/** Lets go of what was used longest ago once the weights exceed the room; the newest value stays, however heavy. */
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
