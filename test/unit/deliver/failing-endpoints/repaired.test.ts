import { describe, expect, it } from 'vitest';
import { changed } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import { opened } from '../../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import { currentHealth, HEALTHY } from '../../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { Script } from '../../../support/simulation/receivers.ts';
import { endpoint as anyEndpoint, NOON } from '../../../support/simulation/builders.ts';
import { HOUR, MINUTE, failingEndpointsScenario } from './scenario.ts';

const REPAIRED = 'https://repaired.example/';
const SECOND = 1_000;
/** The disable period (s), and an instant after it since the first failure. */
const DISABLE_AFTER = 3_600;
const LATER = NOON + HOUR + MINUTE;

interface Play {
  readonly publishAt: readonly number[];
  readonly changes?: readonly (readonly [at: number, Partial<Endpoint>])[];
  readonly old?: Script;
  readonly repaired?: Script;
}

/** An endpoint whose messages are exhausted by their first failure. */
const play = async ({ publishAt, changes = [], old, repaired }: Play) => {
  const simulation = await failingEndpointsScenario({
    settings: { retrySchedule: [], endpointDisableAfter: DISABLE_AFTER },
  });
  const { clock, endpoint, health, receivers, tenants } = simulation;
  receivers.answer(endpoint.url, old ?? (() => ({ status: 500 })));
  receivers.answer(REPAIRED, repaired ?? (() => ({ status: 500 })));
  const now = () => tenants.endpoint(endpoint.id)!;
  for (const [at, change] of changes)
    clock.at(at, () => tenants.putEndpoint(changed(now(), change, clock.now())));
  for (const at of publishAt) clock.at(at, () => simulation.publish(1, 0));
  await clock.runUntil(Math.max(...publishAt) + MINUTE);
  await simulation.runToRest(HOUR);
  const key = { orgId: endpoint.orgId, appId: endpoint.appId, endpointId: endpoint.id };
  return { end: now(), health: currentHealth(await health.read(key), now()), simulation };
};

describe('an endpoint that failed for longer than its disable period', () => {
  it('is disabled by the next exhausted message', async () => {
    const { end } = await play({ publishAt: [NOON, LATER] });
    expect(end).toMatchObject({ disabled: true, disabledReason: 'failing', failSince: NOON });
  });

  it('and whose URL was changed is failing since the first failure of the new URL', async () => {
    const changes = [[LATER - MINUTE, { url: REPAIRED }]] as const;
    const first = await play({ publishAt: [NOON, LATER], changes });
    expect(first.end.disabled).toBe(false);
    expect(first.health.failingSince).toBeGreaterThanOrEqual(LATER);
    const { end } = await play({ publishAt: [NOON, LATER, LATER + HOUR + MINUTE], changes });
    expect(end).toMatchObject({ disabled: true, disabledReason: 'failing' });
    expect(end.failSince).toBe(first.health.failingSince);
  });

  it('and which was off and enabled again is failing since its first failure after that', async () => {
    const changes = [
      [NOON + MINUTE, { disabled: true }],
      [LATER - MINUTE, { disabled: false }],
    ] as const;
    const { end, health } = await play({ publishAt: [NOON, LATER], changes });
    expect(end.disabled).toBe(false);
    expect(health.failingSince).toBeGreaterThanOrEqual(LATER);
  });

  it('is disabled in spite of a change that cannot have repaired it', async () => {
    const changes = [[LATER - MINUTE, { description: 'x' }]] as const;
    expect((await play({ publishAt: [NOON, LATER], changes })).end.disabled).toBe(true);
  });
});

describe('an attempt at the old URL that ends after the URL was changed', () => {
  const changes = [[NOON + 5 * SECOND, { url: REPAIRED }]] as const;
  /** Fails at once, except five requests from the `first` on: these succeed slowly, and the others of their batch wait for them. */
  const failsExcept = (first: number): Script => {
    let requests = 0;
    return () => {
      requests += 1;
      return requests < first || requests >= first + 5 ? { status: 500 } : { delayMs: 10 * SECOND };
    };
  };
  /** Ten messages in one batch, of which five wait for the others' requests: they begin after the change. */
  const tenAt = (at: number) => Array.from({ length: 10 }, () => at);
  const begunAfter = ({ simulation }: Awaited<ReturnType<typeof play>>, changedAt: number) =>
    simulation.log.all().filter(({ at, url }) => at > changedAt && url === simulation.endpoint.url);

  it('does not begin the period of failures of the new URL, even if it began after the change', async () => {
    const played = await play({ publishAt: tenAt(NOON), changes, old: failsExcept(1) });
    expect(begunAfter(played, NOON + 5 * SECOND).length).toBeGreaterThan(0);
    expect(played.health.failingSince).toBeNull();
    expect(played.end.disabled).toBe(false);
  });

  it('does not disable the endpoint, though the old URL failed for too long', async () => {
    const late = [[LATER + 5 * SECOND, { url: REPAIRED }]] as const;
    const publishAt = [NOON, ...tenAt(LATER)];
    const played = await play({ publishAt, changes: late, old: failsExcept(2) });
    expect(begunAfter(played, LATER + 5 * SECOND).length).toBeGreaterThan(0);
    expect(played.end.disabled).toBe(false);
  });

  it('does not disable the endpoint with a 410', async () => {
    expect(
      (await play({ publishAt: tenAt(NOON), changes, old: () => ({ status: 410, delayMs: 10 * SECOND }) }))
        .end.disabled,
    ).toBe(false);
  });
});

describe('health of an endpoint whose URL was changed', () => {
  const changedAt = NOON + HOUR;
  const changedEndpoint = changed(anyEndpoint(), { url: REPAIRED }, changedAt);
  const health = {
    ...HEALTHY,
    ...{ failures: 99, firstFailureAt: changedAt - 1, failingSince: changedAt + 1, failingPeriod: 0 },
    ...{ slowUntil: changedAt + 600_000 - 1, quickUntil: changedAt + 30_000 - 1, drainAt: changedAt + 1 },
  };

  it('is as if it had never failed or been slow, but parked deliveries keep their drain timer', () => {
    expect(currentHealth(health, changedEndpoint)).toEqual({ ...HEALTHY, drainAt: changedAt + 1 });
    expect(currentHealth(health, anyEndpoint())).toEqual(health);
  });

  it('counts what happened since', () => {
    const since = {
      ...{ ...health, firstFailureAt: changedAt, failingPeriod: changedAt },
      ...{ slowUntil: changedAt + 600_000, quickUntil: changedAt + 30_000 },
    };
    expect(currentHealth(since, changedEndpoint)).toEqual(since);
  });

  it('keeps an open breaker, which the failed probe of the new URL opens for the shortest time', () => {
    const before = { ...HEALTHY, breaker: opened(5, changedAt - 1, 0) };
    expect(currentHealth(before, changedEndpoint).breaker).toEqual({ ...before.breaker, times: 0 });
    const after = { ...HEALTHY, breaker: opened(5, changedAt, 0) };
    expect(currentHealth(after, changedEndpoint)).toEqual(after);
  });
});
