import { SQSClient } from '@aws-sdk/client-sqs';

/** One call to an AWS service, as its command is sent. `bytes`: of the request's body. */
export interface SentCall {
  /** The SDK's own name of the service: `DynamoDB`, `SQS`, `EventBridge`, `S3`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly bytes: number;
}

/** Runs around a call: makes it by `make`, and answers what that answers. */
export type AroundCall = (call: SentCall, make: () => Promise<unknown>) => Promise<unknown>;

interface Arguments {
  readonly input: Readonly<Record<string, unknown>>;
  readonly request?: { readonly body?: unknown };
}

type Next = (args: Arguments) => Promise<unknown>;

interface Client {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: {
    add: (
      middleware: (next: Next, context: { readonly commandName?: string }) => Next,
      options: { readonly step: 'build'; readonly name: string; readonly override: boolean },
    ) => void;
  };
}

/** The class that every client of the SDK inherits `send` from. */
const base = Object.getPrototypeOf(SQSClient.prototype) as {
  send: (this: Client, ...args: unknown[]) => unknown;
};

const bytesOf = (body: unknown): number =>
  typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : 0;

/**
 * Taps each AWS call of this process, of every client and however it was made. In the SDK's build step, where a document
 * client has marshalled its input and the request is serialized, and once for all retries. `except`: a client to leave alone.
 */
export const tapCalls = (around: AroundCall, except?: object): void => {
  const { send } = base;
  const tapped = new WeakSet(except === undefined ? [] : [except]);
  base.send = function (...args) {
    if (!tapped.has(this)) {
      tapped.add(this);
      this.middlewareStack.add(
        (next, { commandName = 'unknown' }) =>
          (sent) =>
            around(
              {
                service: this.config.serviceId,
                operation: commandName.replace(/Command$/, ''),
                input: sent.input,
                bytes: bytesOf(sent.request?.body),
              },
              () => next(sent),
            ),
        { step: 'build', name: 'tapCalls', override: true },
      );
    }
    return send.apply(this, args);
  };
};
