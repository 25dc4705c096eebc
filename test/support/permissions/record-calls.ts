import { SQSClient } from '@aws-sdk/client-sqs';
import { accessRequests } from './iam-actions.ts';

/** A right that a function used: its own name for the resource, which is the environment variable that holds it. */
export interface RecordedCall {
  readonly function: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly input: Record<string, unknown>;
}

interface Sending {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: {
    add: (
      middleware: (
        next: (args: Sent) => Promise<unknown>,
        context: { readonly commandName?: string },
      ) => (args: Sent) => Promise<unknown>,
      options: { readonly step: 'initialize'; readonly name: string; readonly override: boolean },
    ) => void;
  };
}

/** Whatever every client of the SDK inherits `send` from. */
const base = Object.getPrototypeOf(SQSClient.prototype) as {
  send: (this: Sending, ...args: unknown[]) => unknown;
};

/** Tells of each AWS call of this process before it is made, once for each right that it needs. */
export const tapCalls = (
  note: (service: string, operation: string, input: Record<string, unknown>) => Promise<void>,
): void => {
  const { send } = base;
  const tapped = new WeakSet();
  base.send = function (...args) {
    if (!tapped.has(this)) {
      tapped.add(this);
      this.middlewareStack.add(
        (next, { commandName = 'unknown' }) =>
          async (sent) => {
            await note(this.config.serviceId, commandName.replace(/Command$/, ''), sent.input);
            return next(sent);
          },
        { step: 'initialize', name: 'recordCalls', override: true },
      );
    }
    return send.apply(this, args);
  };
};

/** The variable that holds a value: `CATALOG_TABLE`, `PAYLOADS_BUCKET/payloads/*`. */
export const variableOf = (
  environment: Readonly<Record<string, string | undefined>>,
  resource: string,
): string => {
  for (const [name, value] of Object.entries(environment)) {
    if (!/_(TABLE|BUCKET|QUEUE_URL|SECRET_ARN|BUS_NAME)$/.test(name) || value === undefined) continue;
    if (resource === value || resource.startsWith(`${value}/`)) return name + resource.slice(value.length);
  }
  return `unbound: ${resource}`;
};

/** A call that could not be told of now is told of at its next use; the function's own work goes on. */
const TELL_LIMIT_MS = 2_000;

/** In bundles for the suite alone (lib/building-blocks/function-code.ts): posts rights to the fault server. */
export const recordCalls = (): void => {
  const { FAULTS_URL, POWERTOOLS_SERVICE_NAME = 'unknown' } = process.env;
  if (FAULTS_URL === undefined) return;
  const told = new Set<string>();
  tapCalls(async (service, operation, input) => {
    for (const { resource, ...rest } of accessRequests(service, operation, input)) {
      const call: RecordedCall = {
        function: POWERTOOLS_SERVICE_NAME,
        ...rest,
        resource: variableOf(process.env, resource),
      };
      const body = JSON.stringify(call);
      if (told.has(body)) continue;
      told.add(body);
      await fetch(new URL('/call', FAULTS_URL), {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(TELL_LIMIT_MS),
      }).catch(() => told.delete(body));
    }
  });
};
