import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallLimits } from '../limits/aws-calls.domain.ts';

type Handle = NodeHttpHandler['handle'];

/** One attempt timed out. It has the name of the SDK's own timeout error, so that the SDK retries it. */
class AttemptTimedOut extends Error {
  override readonly name = 'TimeoutError';
}

/** A call exceeded its total timeout, retries included. The same call may succeed later. */
export class AwsCallTimedOut extends Error {
  override readonly name = 'AwsCallTimedOut';
}

/** Bounds a whole attempt, body included: the SDK's own timeouts end once the headers have arrived. */
class BoundedHandler extends NodeHttpHandler {
  readonly #attemptMs: number;

  constructor({ connectMs, attemptMs }: CallLimits) {
    super({ connectionTimeout: connectMs });
    this.#attemptMs = attemptMs;
  }

  override async handle(...[request, options = {}]: Parameters<Handle>): ReturnType<Handle> {
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), this.#attemptMs);
    const { abortSignal: call } = options;
    // Aborting after the headers destroys the connection, so that reading the body throws.
    const abortSignal =
      call instanceof AbortSignal ? AbortSignal.any([call, attempt.signal]) : attempt.signal;
    try {
      const answered = await super.handle(request, { ...options, abortSignal });
      const body: unknown = answered.response.body;
      if (isClosable(body)) body.once('close', () => clearTimeout(timer));
      return answered;
    } catch (error) {
      clearTimeout(timer);
      throw attempt.signal.aborted
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

/** Bounds every call of the client by its total timeout, both during attempts and in the backoff between them. */
export const boundCalls = <Bounded extends Client>(client: Bounded, { totalMs }: CallLimits): Bounded => {
  const { send } = client;
  const bounded = async (command: unknown, options: object = {}): Promise<unknown> => {
    const call = new AbortController();
    const inTime: unknown = Reflect.apply(send, client, [command, { abortSignal: call.signal, ...options }]);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The SDK ignores the signal during its backoff, so reject first; the signal ends the next attempt at once.
        reject(new AwsCallTimedOut(`an AWS call took longer than ${totalMs} ms`));
        call.abort();
      }, totalMs);
    });
    return Promise.race([inTime, tooLate]).finally(() => clearTimeout(timer));
  };
  Object.defineProperty(client, 'send', { value: bounded });
  return client;
};
