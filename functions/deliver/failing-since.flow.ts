import type { Attempt } from './attempts/attempt.domain.ts';
import { afterExhaustion, forgottenBefore } from '../catalog/endpoints/failing-since.domain.ts';
import { findEndpoint } from '../catalog/endpoints/find-endpoint.domain.ts';
import { healthPeriod } from './circuit-breaker/health.domain.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { DeliveryContext, DisableEndpoint } from './delivery.port.ts';

export interface UpdateFailingSinceDeps {
  readonly health: Pick<HealthStore, 'startFailingSince' | 'clearFailingSince'>;
  readonly disableEndpoint: DisableEndpoint;
  readonly now: () => number;
}

/**
 * Updates since when an endpoint has been failing after a message was exhausted, and disables it after the limit. Safe to
 * repeat: the instant of the attempt decides. Attempts at an earlier URL, or before the endpoint was enabled last, do
 * not count, even if they end after the change.
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
    const endpoint = findEndpoint(tenant, attempt.endpointId);
    if (endpoint === undefined || attempt.at < healthPeriod(endpoint) || attempt.url !== endpoint.url) return;
    // Read again: a success may have cleared it since the batch was read, or a change of the URL begun a new period.
    const since = await health.startFailingSince(
      attempt,
      { at: attempt.at, period: healthPeriod(endpoint), forgottenBefore: forgottenBefore(limit, attempt.at) },
      now(),
    );
    if (since === null) return;
    const decision = afterExhaustion(since, limit, attempt.at);
    if (decision.kind !== 'disable') return;
    await disableEndpoint(
      attempt,
      { reason: 'failing', failSince: decision.failSince, attemptedAt: attempt.at, url: attempt.url },
      now(),
    );
    // An endpoint that its owner enables again starts without failures.
    await health.clearFailingSince(attempt, now());
  };
