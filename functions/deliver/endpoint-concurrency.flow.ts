/** Takes a turn at an endpoint; the answer gives it back. */
export type AcquireSlot = (endpointId: string) => Promise<() => void>;

interface Line {
  open: number;
  readonly waiting: (() => void)[];
}

/** At most `limit` turns at one endpoint at a time; the others wait in order. */
export const makeSlots = (limit: number): AcquireSlot => {
  const lines = new Map<string, Line>();

  return async (endpointId) => {
    const line = lines.get(endpointId) ?? { open: 0, waiting: [] };
    lines.set(endpointId, line);
    // Whoever gives back passes its place on, so `open` stays as it is.
    if (line.open >= limit) await new Promise<void>((resolve) => line.waiting.push(resolve));
    else line.open += 1;
    return () => {
      const next = line.waiting.shift();
      if (next === undefined) line.open -= 1;
      else next();
    };
  };
};
