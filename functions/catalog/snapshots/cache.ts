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
  const values = new Map<string, Value>(); // in the order of use
  let used = 0;
  const remove = (name: string) => {
    const value = values.get(name);
    if (value === undefined) return;
    values.delete(name);
    used -= weightOf(value);
  };
  return {
    get: (name) => {
      const value = values.get(name);
      if (value === undefined) return undefined;
      values.delete(name);
      values.set(name, value);
      return value;
    },
    set: (name, value) => {
      remove(name);
      values.set(name, value);
      used += weightOf(value);
      for (const oldest of values.keys()) {
        if (used <= room || oldest === name) return;
        remove(oldest);
      }
    },
    delete: remove,
  };
};
