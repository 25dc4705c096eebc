import { isDeepStrictEqual } from 'node:util';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { EndpointId, MessageId } from '../../../functions/platform/ids/brand.domain.ts';
import { nextAttemptOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { pairAt } from './receivers.ts';
import { makeMemoryViews } from './views.ts';
import type { Simulation } from './simulation.ts';

/** The invariants of a simulation at rest. Each function returns a line for each violation. */

/** What the invariants of attempts need to know: of a simulation, or of a deployed stage. */
export interface DeliveryState {
  readonly log: { readonly all: () => readonly Attempt[] };
  readonly tenants: { readonly endpoint: (id: EndpointId) => { readonly disabled: boolean } | undefined };
}

const pairOf = ({ messageId, endpointId }: { messageId: string; endpointId: string }) =>
  `${messageId} ${endpointId}`;

const historiesOf = (attempts: readonly Attempt[]) => Map.groupBy(attempts, pairOf);

const numberOf = ({ trigger }: Attempt) => (trigger.kind === 'scheduled' ? trigger.number : 0);

const isOver = ({ decision }: Attempt) => decision.kind !== 'retry';

/** Nothing is sent for a canceled delivery, and it is no attempt. */
const wasSent = ({ decision }: Attempt) => decision.kind !== 'canceled';

const seriesOf = ({ trigger }: Attempt) =>
  trigger.kind === 'scheduled' ? (trigger.series ?? '') : trigger.request;

/** Accepted means delivered or accounted for: each pair has a terminal state, or its endpoint was disabled before fan-out. */
export const unfinished = (
  simulation: DeliveryState,
  expected: readonly { readonly messageId: MessageId; readonly endpointId: EndpointId }[],
): readonly string[] => {
  const histories = historiesOf(simulation.log.all());
  return expected.flatMap((pair) => {
    const history = histories.get(pairOf(pair)) ?? [];
    const off = simulation.tenants.endpoint(pair.endpointId)?.disabled ?? true;
    return history.some(isOver) || (off && history.length === 0)
      ? []
      : [`${pairOf(pair)} stopped after ${history.length} attempts`];
  });
};

/** No delivery disappears: each that fan-out made succeeded, is exhausted, or was canceled with a reason. */
export const silentlyDropped = (simulation: Simulation): readonly string[] => {
  const histories = historiesOf(simulation.log.all());
  return simulation
    .fannedOut()
    .filter((pair) => !(histories.get(pairOf(pair)) ?? []).some(isOver))
    .map((pair) => `${pairOf(pair)} was dropped without a record`);
};

/** At rest nothing is pending: no list shows a next attempt, and no attempt follows a cancellation in its schedule. */
export const unsettled = (simulation: Simulation): readonly string[] => {
  const waiting = simulation.views.endpointMessages().filter((state) => nextAttemptOf(state) !== null);
  const attempts = simulation.log.all();
  const canceled = attempts.filter((one) => !wasSent(one));
  const revived = canceled.flatMap((end) =>
    attempts.filter(
      (one) =>
        wasSent(one) &&
        pairOf(one) === pairOf(end) &&
        seriesOf(one) === seriesOf(end) &&
        numberOf(one) > numberOf(end),
    ),
  );
  return [
    ...waiting.map((state) => `${pairOf(state)} shows a next attempt that is never made`),
    ...revived.map((one) => `${pairOf(one)} was tried again after it was canceled`),
  ];
};

const misordered = (pair: string, series: readonly Attempt[], earlyMs: number): readonly string[] => {
  const ordered = series.toSorted((left, right) => numberOf(left) - numberOf(right));
  return ordered.flatMap((attempt, index) => {
    const before = ordered[index - 1];
    const wrong = [
      ...(numberOf(attempt) === index + 1 ? [] : ['out of order']),
      ...(before !== undefined && isOver(before) ? ['after the end'] : []),
      ...(before?.decision.kind === 'retry' && attempt.at < before.decision.at - earlyMs
        ? ['too early']
        : []),
    ];
    return wrong.map((what) => `${pair}: attempt ${numberOf(attempt)} ${what}`);
  });
};

/**
 * Each attempt number of a schedule is recorded once, in order from 1, none after the end, and none earlier than planned by
 * more than the queue's whole seconds and the clock skew. A schedule that was started again counts as another one.
 */
export const misrecorded = (simulation: Pick<DeliveryState, 'log'>, earlyMs = 500): readonly string[] =>
  [...historiesOf(simulation.log.all())].flatMap(([pair, attempts]) => {
    const tried = attempts.filter((one) => one.trigger.kind === 'scheduled' && wasSent(one));
    return [...Map.groupBy(tried, seriesOf).values()].flatMap((series) => misordered(pair, series, earlyMs));
  });

/** Each pair has a terminal state that fits its receiver; `right` returns the ones that do. */
export const wrongEnds = (
  simulation: DeliveryState,
  expected: readonly { readonly messageId: MessageId; readonly endpointId: EndpointId }[],
  right: (id: EndpointId) => readonly (Attempt['decision']['kind'] | 'off')[],
): readonly string[] => {
  const histories = historiesOf(simulation.log.all());
  return expected.flatMap((pair) => {
    const ends = (histories.get(pairOf(pair)) ?? []).filter(isOver).map(({ decision }) => decision.kind);
    const last = ends.find((kind) => kind === 'succeeded') ?? ends[0];
    const off = simulation.tenants.endpoint(pair.endpointId)?.disabled === true;
    const found = last ?? (off ? 'off' : 'under way');
    return right(pair.endpointId).some((kind) => kind === found) ? [] : [`${pairOf(pair)} ended ${found}`];
  });
};

/** Messages that an endpoint received more often than attempts, requests that were cut, transport retries and duplicates explain. */
export const unexplained = (
  simulation: Simulation,
  pairs: readonly { readonly messageId: MessageId; readonly endpointId: EndpointId }[],
  urlOf: (id: EndpointId) => string,
): readonly string[] => {
  const histories = historiesOf(simulation.log.all());
  const received = Map.groupBy(simulation.receivers.received(), ({ url, messageId }) =>
    pairAt(url, messageId),
  );
  return pairs.flatMap((pair) => {
    const at = pairAt(urlOf(pair.endpointId), pair.messageId);
    const requests = received.get(at)?.length ?? 0;
    const recorded = histories.get(pairOf(pair))?.filter(wasSent).length ?? 0;
    const { cut, retried, duplicated } = simulation.ledger;
    const surplus = requests - recorded - cut.of(at) - retried.of(at) - duplicated.of(at);
    return surplus <= 0 ? [] : [`${at} was sent ${surplus} times too often`];
  });
};

/** The endpoint of each request without an attempt of its own: what a receiver got twice. */
export const sentTwice = (
  simulation: Simulation,
  endpoints: readonly EndpointId[],
  urlOf: (id: EndpointId) => string,
): readonly EndpointId[] => {
  const received = simulation.receivers.received();
  const attempts = simulation.log.all().filter(wasSent);
  return endpoints.flatMap((id) => {
    const requests = received.filter(({ url }) => url === urlOf(id)).length;
    const recorded = attempts.filter(({ endpointId }) => endpointId === id).length;
    return Array<EndpointId>(Math.max(0, requests - recorded)).fill(id);
  });
};

/** Read models equal a rebuild from the log in another order. */
export const misprojected = async (simulation: Simulation): Promise<readonly string[]> => {
  const rebuilt = makeMemoryViews();
  await makeProject(rebuilt)(simulation.log.all().toReversed());
  const sorted = <Row>(rows: readonly Row[], key: (row: Row) => string) =>
    rows.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
  const same = <Row>(left: readonly Row[], right: readonly Row[], key: (row: Row) => string) =>
    isDeepStrictEqual(sorted(left, key), sorted(right, key));
  return [
    ...(same(simulation.views.endpointAttempts(), rebuilt.endpointAttempts(), ({ id }) => id)
      ? []
      : ['attempts by endpoint']),
    ...(same(simulation.views.endpointMessages(), rebuilt.endpointMessages(), pairOf)
      ? []
      : ['messages by endpoint']),
  ];
};
