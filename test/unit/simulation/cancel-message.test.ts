import { describe, expect, it } from 'vitest';
import { CANCEL_LEAD_MS, makeCancelMessage } from '../../../functions/publish/cancel-message.flow.ts';
import type { CancelOutcome } from '../../../functions/publish/cancel-message.flow.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../../functions/platform/limits/function-timeouts.domain.ts';
import { NOON, application, endpoint, publishRequest, seededIds } from '../../support/simulation/builders.ts';
import {
  misprojected,
  misrecorded,
  silentlyDropped,
  unsettled,
} from '../../support/simulation/invariants.ts';
import { makeLambda } from '../../support/simulation/process.ts';
import type { Faults } from '../../support/simulation/process.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DUE = NOON + 600_000;
const URLS = ['https://one.example/hooks', 'https://two.example/hooks'];
const API_MS = FUNCTION_TIMEOUT_SECONDS.api * SECOND;

interface Played {
  /** undefined: the invocation ended without an answer. */
  readonly outcome: CancelOutcome | undefined;
  readonly received: number;
  readonly reasons: readonly (string | undefined)[];
}

/** A message for two endpoints that is due ten minutes later, and the request to cancel it at an instant. */
const play = async (cancelAt: number, faults: Faults = {}): Promise<Played> => {
  const simulation = makeSimulation({ faults });
  const { clock, tenants, messages, receivers, log } = simulation;
  await tenants.create(application());
  for (const [index, url] of URLS.entries())
    tenants.putEndpoint(endpoint({ url, ...(index === 1 && { id: seededIds(2).endpoint(NOON) }) }));
  for (const url of URLS) receivers.answer(url, () => ({ status: 200 }));
  void simulation.publish(publishRequest({ deliverAt: DUE }));
  let outcome: CancelOutcome | undefined;
  const lambda = makeLambda(clock, faults);
  clock.at(cancelAt, async () => {
    const [message] = messages.all();
    if (message === undefined) throw new Error('the message was not stored yet');
    const ended = await lambda('admin', API_MS, ({ port, now, step }) =>
      makeCancelMessage({ store: port('messages', messages), now, step })(message),
    );
    if (ended.kind === 'done') outcome = ended.value;
  });
  await clock.runUntil(DUE + 60_000);
  await simulation.runToRest(HOUR);
  const faultsOf = [silentlyDropped, unsettled].flatMap((check) => check(simulation));
  expect([...faultsOf, ...misrecorded(simulation), ...(await misprojected(simulation))]).toEqual([]);
  const reasons = log
    .all()
    .map(({ decision }) => (decision.kind === 'canceled' ? decision.reason : undefined));
  return { outcome, received: receivers.received().length, reasons };
};

const CANCELED = ['message_canceled', 'message_canceled'];

describe('simulation: canceling a message before it is due', () => {
  it.each([
    ['before fan-out', NOON],
    ['after fan-out', NOON + 60_000],
    ['at the last moment', DUE - CANCEL_LEAD_MS - 1],
  ])('%s, nothing is sent, and each delivery is recorded as canceled', async (_, at) => {
    const { outcome, received, reasons } = await play(at);
    expect(outcome).toEqual({ kind: 'canceled', canceledAt: at });
    expect([received, reasons]).toEqual([0, CANCELED]);
  });

  it.each([DUE - CANCEL_LEAD_MS, DUE - 1, DUE, DUE + 30_000])(
    'is too late at %i, and all is sent',
    async (at) => {
      const { outcome, received, reasons } = await play(at);
      expect(outcome).toEqual({ kind: 'too-late' });
      expect([received, reasons]).toEqual([2, [undefined, undefined]]);
    },
  );

  it('is never answered as canceled when something is sent, however slow the write and whatever the clocks', async () => {
    const wrong: unknown[] = [];
    for (const latency of [5, 10_000, API_MS - SECOND, API_MS + SECOND])
      for (const skew of [-5_500, 5_500])
        for (let at = DUE - 1.2 * CANCEL_LEAD_MS; at < DUE + SECOND; at += 5_000) {
          const faults: Faults = {
            latencyMs: (place) => (place.startsWith('admin:') ? latency : 5),
            skewMs: (kind) => (kind === 'admin' ? skew : 0),
          };
          const { outcome, received, reasons } = await play(at, faults);
          const isSent = received === 2 && reasons.every((reason) => reason === undefined);
          const isCanceled = received === 0 && reasons.every((reason) => reason === 'message_canceled');
          const isTrue = outcome?.kind === 'canceled' ? isCanceled : isSent || outcome === undefined;
          if (!isTrue) wrong.push({ latency, skew, before: DUE - at, outcome, received, reasons });
        }
    expect(wrong).toEqual([]);
  });

  it.each(['crash-before', 'crash-after', 'busy', 'twice'] as const)(
    'sends all or nothing where the write meets %s',
    async (mishap) => {
      const { outcome, received, reasons } = await play(NOON + 1_000, {
        mishap: (place) => (place === 'admin:messages.markCanceled' ? mishap : undefined),
      });
      if (mishap === 'twice') expect(outcome).toEqual({ kind: 'canceled', canceledAt: NOON + 1_000 });
      else expect(outcome).toBeUndefined();
      const isMarked = mishap === 'crash-after' || mishap === 'twice';
      expect([received, reasons]).toEqual(isMarked ? [0, CANCELED] : [2, [undefined, undefined]]);
    },
  );
});
