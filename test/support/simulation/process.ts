import type { After } from '../../../functions/deliver/delivery.port.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import type { VirtualClock } from './clock.ts';

/** A fault at a place, which is the name of a step or of a call to a port (`deliver:log.record`). */
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
  /** Called at every place; returns the fault to inject, or undefined. */
  readonly mishap?: (place: string) => Mishap | undefined;
  /** Virtual milliseconds that a call to a port takes. */
  readonly latencyMs?: (place: string) => number;
  /** Receives the calls that were still running when a function returned; they go on in its next invocation. */
  readonly onLeftRunning?: (kind: string, places: readonly string[]) => void;
  /** By how much this process's clock is off (ms). */
  readonly skewMs?: (kind: string) => number;
}

/** One invocation of a function, in an environment of its own. */
export interface Process {
  readonly now: () => number;
  readonly step: Step;
  /** The port as this process sees it: calls have no effect once the process has ended. */
  readonly port: <Port extends object>(name: string, port: Port) => Port;
  readonly remainingMs: () => number;
  /** Calls the listener when the process has ended: with a result, an error or a crash. */
  readonly atEnd: (listener: () => void) => void;
  readonly after: After;
}

export type Ended<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** How the end of its process looks to a flow: no call returns any more. */
const never = new Promise<never>(() => undefined);

export const makeLambda = (clock: VirtualClock, faults: Faults) => {
  const { mishap = () => undefined, latencyMs = () => 0, skewMs = () => 0 } = faults;
  /** Environments that Lambda froze while calls were still running in them, by the kind of function. */
  const frozen = new Map<string, (() => void)[]>();

  /** Runs one invocation of a kind of function until it is done, fails, crashes or runs out of time. */
  return <Value>(
    kind: string,
    timeoutMs: number,
    body: (process: Process) => Promise<Value>,
  ): Promise<Ended<Value>> =>
    new Promise((resolve) => {
      for (const thaw of frozen.get(kind)?.splice(0) ?? []) thaw();
      const deadline = clock.now() + timeoutMs;
      const skew = skewMs(kind);
      const listeners: (() => void)[] = [];
      const running = new Map<symbol, string>();
      const thawed = Promise.withResolvers<undefined>();
      let state: 'running' | 'frozen' | 'thawed' | 'gone' = 'running';
      const isGone = () => state === 'gone';

      const end = (how: Ended<Value>) => {
        if (state !== 'running') return;
        state = how.kind === 'crashed' ? 'gone' : 'frozen';
        if (state === 'frozen') {
          if (running.size > 0) faults.onLeftRunning?.(kind, [...running.values()]);
          const thaw = () => {
            state = 'thawed';
            thawed.resolve(undefined);
          };
          frozen.set(kind, [...(frozen.get(kind) ?? []), thaw]);
        }
        for (const listener of listeners) listener();
        resolve(how);
      };
      const crash = (): Promise<never> => {
        end({ kind: 'crashed' });
        return never;
      };

      const perform = async (place: string, effect: () => unknown): Promise<unknown> => {
        if (state === 'frozen') await thawed.promise;
        if (isGone()) return never;
        const latency = latencyMs(place);
        if (latency > 0) await clock.sleep(latency);
        if (state === 'frozen') await thawed.promise;
        // Nothing may happen between this and the effect, or a process that has ended would still have one.
        if (isGone()) return never;
        const overload = mishap(place);
        if (overload === 'crash-before') return crash();
        if (overload === 'busy') throw new Error(`${place} was throttled`);
        let answer = await effect();
        if (overload === 'twice' && !isGone()) answer = await effect();
        if (overload === 'crash-after') return crash();
        return isGone() ? never : answer;
      };

      const call = async (place: string, effect: () => unknown): Promise<unknown> => {
        const one = Symbol(place);
        running.set(one, place);
        try {
          return await perform(place, effect);
        } finally {
          running.delete(one);
        }
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

      const step: Step = async (name) => {
        if (state === 'frozen') await thawed.promise;
        if (isGone()) return never;
        return mishap(name) === undefined ? undefined : crash();
      };

      clock.at(deadline, () => {
        end({ kind: 'crashed' });
      });
      const after: After = (ms, task) => {
        let called = false;
        clock.at(clock.now() + ms, () => (called || state !== 'running' ? undefined : task()));
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
