import type { Attempt } from './attempts/attempt.domain.ts';
import { afterExhaustion, forgottenBefore } from '../catalog/endpoints/failing-since.domain.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { DeliveryContext, DisableEndpoint } from './delivery.port.ts';

export interface UpdateFailingSinceDeps {
  readonly health: Pick<HealthStore, 'startFailingSince' | 'clearFailingSince'>;
  readonly disableEndpoint: DisableEndpoint;
  readonly now: () => number;
}

/**
 * Updates since when an endpoint has been failing after a message was exhausted, and disables it after the limit. Safe to
 * repeat: the instant of the attempt decides.
 */
export type UpdateFailingSince = (
  attempt: Attempt,
  context: Pick<DeliveryContext, 'tenant' | 'health'>,
) => Promise<void>;

export const makeUpdateFailingSince =
  ({ health, disableEndpoint, now }: UpdateFailingSinceDeps): UpdateFailingSince =>
  async (attempt, { tenant, health: known }) => {
    const limit = tenant?.settings.endpointDisableAfter ?? 0;
    const expected = afterExhaustion(known.failingSince, limit, attempt.at);
    if (expected.kind === 'off' || expected.kind === 'running') return;
    // Read again: a success may have cleared it since the batch was read.
    const since = await health.startFailingSince(
      attempt,
      attempt.at,
      forgottenBefore(limit, attempt.at),
      now(),
    );
    const decision = afterExhaustion(since, limit, attempt.at);
    if (decision.kind !== 'disable') return;
    await disableEndpoint(
      attempt,
      { reason: 'failing', failSince: decision.failSince, attemptedAt: attempt.at },
      now(),
    );
    // An endpoint that its owner enables again starts without failures.
    await health.clearFailingSince(attempt, now());
  };
