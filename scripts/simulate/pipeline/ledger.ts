import { makeHistogram } from '../engine/histogram.ts';
import { makeSeries } from '../engine/series.ts';
import type { Delivery, EndedAs, Ledger } from './delivery.ts';
import type { Window } from './receivers.ts';

export interface LedgerOptions {
  readonly intervalMs: number;
  readonly intervals: number;
  readonly scale: number;
  readonly outage: Window | undefined;
  readonly spikes: readonly Window[];
}

const meansOf = (sums: readonly number[], counts: readonly number[]) =>
  sums.map((sum, index) => sum / Math.max(1, counts[index] ?? 0));

/** Counts messages, deliveries and attempts, and how long first attempts took. All counts are those of the sample. */
export const makeLedger = ({ intervalMs, intervals, scale, outage, spikes }: LedgerOptions) => {
  const ended: Record<EndedAs, number> = { succeeded: 0, exhausted: 0, 'dead-lettered': 0 };
  const series = () => makeSeries(intervalMs, intervals);
  const acceptedSeries = series();
  const deliveredSeries = series();
  const failedSeries = series();
  /** From the 202 to the receiver, first attempts of deliveries that waited for no breaker or throttle. */
  const latency = makeHistogram();
  const hotLatency = makeHistogram();
  /** Without messages that were accepted in a spike or soon after one. */
  const steadyLatency = makeHistogram();
  /** After the end of the outage, of messages that were accepted in it: their first attempts, and their successes. */
  const firstAttempts = makeHistogram();
  const backlog = makeHistogram();
  const latencySums = series();
  const latencyCounts = series();
  const worst = series();
  let accepted = 0;
  let made = 0;
  let attempts = 0;

  const isOfOutage = ({ acceptedAt }: Delivery) =>
    outage !== undefined && acceptedAt >= outage.fromMs && acceptedAt < outage.untilMs;
  const sinceOutage = (atMs: number) => Math.max(0, atMs - (outage?.untilMs ?? 0));

  const arrived: Ledger['arrived'] = (delivery, atMs) => {
    const { endpoint, acceptedAt, number, waited } = delivery;
    if (number === 1 && isOfOutage(delivery)) firstAttempts.add(sinceOutage(atMs));
    if (number > 1 || waited) return;
    const took = atMs - acceptedAt;
    (endpoint.isHot ? hotLatency : latency).add(took);
    if (!spikes.some(({ fromMs, untilMs }) => acceptedAt >= fromMs && acceptedAt < untilMs))
      steadyLatency.add(took);
    latencySums.add(atMs, took);
    latencyCounts.add(atMs, 1);
    worst.raise(atMs, took);
  };

  return {
    accepted: (atMs: number) => {
      accepted += 1;
      acceptedSeries.add(atMs, (scale * 1_000) / intervalMs);
    },
    made: (_delivery: Delivery) => void (made += 1),
    ...{ arrived },
    attempted: ((_delivery, succeeded, atMs) => {
      attempts += 1;
      (succeeded ? deliveredSeries : failedSeries).add(atMs, (scale * 1_000) / intervalMs);
    }) satisfies Ledger['attempted'],
    ended: ((delivery, as, atMs) => {
      ended[as] += 1;
      if (as === 'succeeded' && isOfOutage(delivery)) backlog.add(sinceOutage(atMs));
    }) satisfies Ledger['ended'],
    open: () => made - ended.succeeded - ended.exhausted - ended['dead-lettered'],
    counts: () => ({ accepted, made, attempts, ...ended }),
    ...{ latency, hotLatency, steadyLatency, firstAttempts, backlog },
    series: () => ({
      accepted: acceptedSeries.values(),
      delivered: deliveredSeries.values(),
      failed: failedSeries.values(),
      meanLatency: meansOf(latencySums.values(), latencyCounts.values()),
      worstLatency: worst.values(),
    }),
  };
};
