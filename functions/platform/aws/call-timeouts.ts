import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallLimits } from '../limits/aws-calls.domain.ts';

type Handle = NodeHttpHandler['handle'];

/** The service did not answer in time. Named as the SDK names it, so that another attempt is made while there is time. */
class AttemptTimedOut extends Error {
  override readonly name = 'TimeoutError';
}

/** A call with all its attempts took longer than it may. The same call may succeed later. */
export class AwsCallTimedOut extends Error {
  override readonly name = 'AwsCallTimedOut';
}

/** Bounds each attempt as a whole: the SDK's own timeouts end with the headers, and a body can hang after them. */
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
    // Aborting destroys the connection, also after the headers, so that whoever reads the body gets an error.
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

/** What every client of an AWS service is made with. */
export const boundedConfig = (limits: CallLimits) => ({
  maxAttempts: limits.attempts,
  requestHandler: new BoundedHandler(limits),
});

interface Client {
  readonly send: (...args: never[]) => unknown;
}

/** Ends every call of the client after its total time, during an attempt and between two. */
export const boundCalls = <Bounded extends Client>(client: Bounded, { totalMs }: CallLimits): Bounded => {
  const { send } = client;
  const bounded = async (command: unknown, options: object = {}): Promise<unknown> => {
    const call = new AbortController();
    const inTime: unknown = Reflect.apply(send, client, [command, { abortSignal: call.signal, ...options }]);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The SDK does not look at the signal while it waits to try again; its next attempt ends at once.
        reject(new AwsCallTimedOut(`an AWS call took longer than ${totalMs} ms`));
        call.abort();
      }, totalMs);
    });
    return Promise.race([inTime, tooLate]).finally(() => clearTimeout(timer));
  };
  Object.defineProperty(client, 'send', { value: bounded });
  return client;
};
