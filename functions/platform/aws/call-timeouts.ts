import { AsyncLocalStorage } from 'node:async_hooks';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallLimits } from '../limits/aws-calls.domain.ts';

type Handle = NodeHttpHandler['handle'];

/** One attempt timed out. It has the name of the SDK's own timeout error, so that the SDK retries it. */
export class AttemptTimedOut extends Error {
  override readonly name = 'TimeoutError';
}

/** A call exceeded its total timeout, retries included. The same call may succeed later. */
export class AwsCallTimedOut extends Error {
  override readonly name = 'AwsCallTimedOut';
}

/** A call under way, with what ends its current attempt. */
export interface RunningCall {
  isOver: boolean;
  endAttempt: () => void;
}

const runningCall = new AsyncLocalStorage<RunningCall>();

/** The least that the SDK's handler accepts as a signal, without the listeners of an AbortController. */
class Abort {
  aborted = false;
  isLate = false;
  onabort: (() => void) | null = null;

  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }
}

/** Bounds a whole attempt, body included: the SDK's own timeouts end once the headers have arrived. */
export class BoundedHandler extends NodeHttpHandler {
  readonly #attemptMs: number;

  constructor({ connectMs, attemptMs }: CallLimits) {
    super({ connectionTimeout: connectMs });
    this.#attemptMs = attemptMs;
  }

  override async handle(...[request, options = {}]: Parameters<Handle>): ReturnType<Handle> {
    const call = runningCall.getStore();
    const attempt = new Abort();
    const timer = setTimeout(() => {
      attempt.isLate = true;
      attempt.abort();
    }, this.#attemptMs);
    if (call?.isOver === true) attempt.abort();
    else if (call !== undefined) call.endAttempt = () => attempt.abort();
    try {
      // Aborting after the headers destroys the connection, so that reading the body throws.
      const answered = await super.handle(request, { ...options, abortSignal: attempt });
      const body: unknown = answered.response.body;
      if (isClosable(body)) body.once('close', () => clearTimeout(timer));
      return answered;
    } catch (error) {
      clearTimeout(timer);
      throw attempt.isLate
        ? new AttemptTimedOut(`no answer within ${this.#attemptMs} ms`, { cause: error })
        : error;
    }
  }
}

interface Closable {
  once(event: 'close', listener: () => void): unknown;
}

const isClosable = (body: unknown): body is Closable =>
  typeof body === 'object' && body !== null && 'once' in body && typeof body.once === 'function';

/** The retry and timeout configuration of every AWS client. */
export const boundedConfig = (limits: CallLimits) => ({
  maxAttempts: limits.attempts,
  requestHandler: new BoundedHandler(limits),
});

interface Client {
  readonly send: (...args: never[]) => unknown;
}

/** Bounds a call by its total timeout, both during attempts and in the backoff between them. */
export const withinTotal = <Output>(
  totalMs: number,
  work: (call: RunningCall) => Promise<Output>,
): Promise<Output> =>
  new Promise((resolve, reject) => {
    const call: RunningCall = { isOver: false, endAttempt: () => undefined };
    const timer = setTimeout(() => {
      // A backoff cannot be stopped, so reject first; the next attempt ends at once.
      reject(new AwsCallTimedOut(`an AWS call took longer than ${totalMs} ms`));
      call.isOver = true;
      call.endAttempt();
    }, totalMs);
    work(call)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });

/** Bounds every call of a client of the SDK. */
export const boundCalls = <Bounded extends Client>(client: Bounded, { totalMs }: CallLimits): Bounded => {
  const { send } = client;
  const bounded = (command: unknown): Promise<unknown> =>
    withinTotal(totalMs, (call) =>
      runningCall.run(call, async () => {
        const output: unknown = await Reflect.apply(send, client, [command]);
        return output;
      }),
    );
  Object.defineProperty(client, 'send', { value: bounded });
  return client;
};
