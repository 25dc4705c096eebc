import type { OutboundResult } from './outbound.port.ts';

export type FailureCause = Extract<OutboundResult, { kind: 'error' }>['cause'];

/** The words of the contract: what an owner reads when an endpoint points where nothing may be sent. */
export const BLOCKED_MESSAGE = 'requests to this IP range are blocked (see the server configuration)';

/**
 * Why no connection was made, in the only form that a connector can report. Own errors have no `code`:
 * undici keeps a request queued, and connects again without end, after some codes.
 */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  readonly failure: FailureCause;

  constructor(failure: FailureCause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export const blocked = (): ConnectFailure => new ConnectFailure('blocked', BLOCKED_MESSAGE);

/** Whatever was thrown, as a failure of kind `failure` in words for the endpoint's owner. */
export function asFailure(failure: FailureCause, error: unknown): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  return new ConnectFailure(failure, error instanceof Error ? describe(error) : String(error), {
    cause: error,
  });
}

/** Node puts the code in front or leaves it out, and some errors have no message at all. */
export function describe(error: Error): string {
  const code = errorCode(error);
  if (error.message === '') return code ?? error.name;
  return code === undefined || error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
