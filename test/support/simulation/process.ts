import type { After } from '../../../functions/deliver/send.flow.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import type { VirtualClock } from './clock.ts';

/** What may go wrong at a place: the name of a step, or of a call to a port (`deliver:log.record`). */
export type Mishap =
  /** The process ends before the call. */
  | 'crash-before'
  /** The process ends when the call has had its effect (for a step: there). */
  | 'crash-after'
  /** The call fails without an effect. */
  | 'busy'
  /** The answer is lost and the client library calls again: the effect happens twice. */
  | 'twice';

export interface Faults {
  /** Asked at every place; undefined: all goes well. */
  readonly mishap?: (place: string) => Mishap | undefined;
  /** Virtual milliseconds that a call to a port takes. */
  readonly latencyMs?: (place: string) => number;
  /** By how much this process's clock is off (ms). */
  readonly skewMs?: (kind: string) => number;
}

/** One invocation of a function, in an environment of its own. */
export interface Process {
  readonly now: () => number;
  readonly step: Step;
  /** The port as this process sees it: nothing has an effect any more once the process has ended. */
  readonly port: <Port extends object>(name: string, port: Port) => Port;
  readonly remainingMs: () => number;
  /** Calls back when the process has ended, in whatever way. */
  readonly atEnd: (listener: () => void) => void;
  readonly after: After;
}

export type Ended<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** How an end of process looks to the code inside: no call ever comes back. */
const never = new Promise<never>(() => undefined);

export const makeLambda = (clock: VirtualClock, faults: Faults) => {
  const { mishap = () => undefined, latencyMs = () => 0, skewMs = () => 0 } = faults;

  /** Runs one invocation of a kind of function until it is done, fails, crashes or runs out of time. */
  return <Value>(
    kind: string,
    timeoutMs: number,
    body: (process: Process) => Promise<Value>,
  ): Promise<Ended<Value>> =>
    new Promise((resolve) => {
      const deadline = clock.now() + timeoutMs;
      const skew = skewMs(kind);
      const listeners: (() => void)[] = [];
      let ended = false;
      const isOver = () => ended;

      const end = (how: Ended<Value>) => {
        if (ended) return;
        ended = true;
        for (const listener of listeners) listener();
        resolve(how);
      };
      const crash = (): Promise<never> => {
        end({ kind: 'crashed' });
        return never;
      };

      const call = async (place: string, effect: () => unknown): Promise<unknown> => {
        if (isOver()) return never;
        const latency = latencyMs(place);
        if (latency > 0) await clock.sleep(latency);
        if (isOver()) return never;
        const trouble = mishap(place);
        if (trouble === 'crash-before') return crash();
        if (trouble === 'busy') throw new Error(`${place} was throttled`);
        let answer = await effect();
        if (trouble === 'twice' && !isOver()) answer = await effect();
        if (trouble === 'crash-after') return crash();
        return isOver() ? never : answer;
      };

      const port = <Port extends object>(name: string, target: Port): Port =>
        new Proxy(target, {
          get: (_, key) => {
            const member: unknown = Reflect.get(target, key);
            if (typeof member !== 'function') return member;
            const method = member as (...args: unknown[]) => unknown;
            return (...args: unknown[]) => call(`${kind}:${name}.${String(key)}`, () => method(...args));
          },
        });

      const step: Step = (name) => {
        if (isOver()) return never;
        return mishap(name) === undefined ? Promise.resolve() : crash();
      };

      clock.at(deadline, () => {
        end({ kind: 'crashed' });
      });
      const after: After = (ms, task) => {
        let called = false;
        clock.at(clock.now() + ms, () => (called || isOver() ? undefined : task()));
        return () => (called = true);
      };
      const now = () => clock.now() + skew;
      const atEnd = (listener: () => void) => void listeners.push(listener);
      body({ now, step, port, atEnd, after, remainingMs: () => deadline - clock.now() }).then(
        (value) => end({ kind: 'done', value }),
        (error: unknown) => end({ kind: 'failed', error }),
      );
    });
};
