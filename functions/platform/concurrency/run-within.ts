import { Script, createContext } from 'node:vm';

/** Work that did not end in time. Its effects so far remain. */
export const OUT_OF_TIME = Symbol('out of time');

const slot: { work: () => void } = { work: () => undefined };
const context = createContext(slot);
const script = new Script('work()');

/** Not by `instanceof`: the error may be of another context. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Runs synchronous work and interrupts it after `limitMs`, wherever it is: in a loop, a recursion or the matching of a
 * regular expression, which nothing else can interrupt. Costs 60 µs a call. Not to be nested.
 */
export const runWithin = <Result>(limitMs: number, work: () => Result): Result | typeof OUT_OF_TIME => {
  let done: { readonly result: Result } | undefined;
  slot.work = () => {
    done = { result: work() };
  };
  try {
    script.runInContext(context, { timeout: Math.max(1, Math.ceil(limitMs)) });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  } finally {
    slot.work = () => undefined;
  }
  return done === undefined ? OUT_OF_TIME : done.result;
};
