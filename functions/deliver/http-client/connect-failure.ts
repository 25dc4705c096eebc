import type { TransportCause } from '../causes.domain.ts';

/** Why no connection was made. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  readonly failure: TransportCause;

  constructor(failure: TransportCause, options?: ErrorOptions) {
    super(failure, options);
    this.failure = failure;
  }
}

/** An error as a ConnectFailure, by its code. */
export const asFailure = (
  error: unknown,
  causeOf: (code: string | undefined) => TransportCause,
): ConnectFailure =>
  error instanceof ConnectFailure ? error : new ConnectFailure(causeOf(errorCode(error)), { cause: error });

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
