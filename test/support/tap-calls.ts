import { S3Client } from '@aws-sdk/client-s3';
import type { JsonObject } from '../../functions/platform/aws/json-answer.ts';
import { JsonClient } from '../../functions/platform/aws/json-client.ts';

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
const base = Object.getPrototypeOf(S3Client.prototype) as {
  send: (this: Client, ...args: unknown[]) => unknown;
};

const bytesOf = (body: unknown): number =>
  typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : 0;

/** The functions' own clients: as the service gets the call, and once for all retries. */
const tapJsonClients = (around: AroundCall): void => {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client as `this`
  const { call } = JsonClient.prototype;
  JsonClient.prototype.call = async function (operation, input) {
    const { name: service } = this.service;
    const bytes = Buffer.byteLength(JSON.stringify(input));
    return (await around({ service, operation, input, bytes }, () =>
      call.apply(this, [operation, input]),
    )) as JsonObject;
  };
};

/**
 * Taps each AWS call of this process, of every client and however it was made: of clients of the SDK in its build step,
 * where the request is serialized, and once for all retries. `except`: a client to leave alone.
 */
export const tapCalls = (around: AroundCall, except?: object): void => {
  tapJsonClients(around);
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
