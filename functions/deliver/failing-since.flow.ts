import type { Attempt } from './attempts/attempt.domain.ts';
import { afterExhaustion, forgottenBefore } from '../catalog/endpoints/failing-since.domain.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { DeliveryContext, DisableEndpoint } from './delivery.port.ts';

export interface FailureClockDeps {
  readonly health: Pick<HealthStore, 'startClock' | 'stopClock'>;
  readonly disableEndpoint: DisableEndpoint;
  readonly now: () => number;
}

/** What a message that was exhausted means for its endpoint. Safe to repeat: the attempt's own instant decides. */
export type UpdateFailingSince = (
  attempt: Attempt,
  context: Pick<DeliveryContext, 'tenant' | 'health'>,
) => Promise<void>;

export const makeUpdateFailingSince =
  ({ health, disableEndpoint, now }: FailureClockDeps): UpdateFailingSince =>
  async (attempt, { tenant, health: known }) => {
    const limit = tenant?.settings.endpointDisableAfter ?? 0;
    const expected = afterExhaustion(known.failingSince, limit, attempt.at);
    if (expected.kind === 'off' || expected.kind === 'running') return;
    // Asked anew: a success may have stopped the clock since the batch was read.
    const since = await health.startClock(attempt, attempt.at, forgottenBefore(limit, attempt.at), now());
    const decision = afterExhaustion(since, limit, attempt.at);
    if (decision.kind !== 'disable') return;
    await disableEndpoint(
      attempt,
      { reason: 'failing', failSince: decision.failSince, attemptedAt: attempt.at },
      now(),
    );
    // Turned on again, it starts afresh.
    await health.stopClock(attempt, now());
  };
