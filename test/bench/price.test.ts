import { it } from 'vitest';
import { countedOf, priceOf, timesOf, total } from '../support/bench/bill.ts';
import { priceChart } from '../support/bench/chart.ts';
import { idleMonth } from '../support/bench/idle.ts';
import { count } from '../support/bench/recorded.ts';
import type { Invocation } from '../support/bench/recording/invocation.ts';
import {
  ROW_NOTES,
  budgetTable,
  memoryTable,
  peersTable,
  priceTable,
  provenance,
  publishToDocs,
  rowsTable,
  save,
  storageTable,
  unitsTable,
} from '../support/bench/report.ts';
import type { Measured } from '../support/bench/report.ts';
import { play, playFailing, playParked, USUAL } from '../support/bench/scenario.ts';
import type { Scenario } from '../support/bench/scenario.ts';

/**
 * Prints what a message costs (docs/performance.md): `npm run bench -- price`. Each scenario is played twice, once to
 * count calls and units and once to measure time, since counting takes time itself.
 */
const FULL = { messages: 50, batched: true };

const SCENARIOS: readonly Scenario[] = [
  { ...USUAL, name: 'one endpoint, 1 KB, one by one' },
  { ...USUAL, ...FULL, name: 'one endpoint, 1 KB, full batches' },
  { ...USUAL, ...FULL, name: 'batch publish of 50, full batches', together: true },
  { ...USUAL, ...FULL, name: 'with eventId, full batches', eventId: true },
  { ...USUAL, name: 'by the ingest queue, one by one', way: 'queue' },
  { ...USUAL, ...FULL, name: 'by the ingest queue, full batches', way: 'queue' },
  { ...USUAL, name: 'by the ingest bus, one by one', way: 'bus' },
  { ...USUAL, ...FULL, name: 'by the ingest bus, full batches', way: 'bus' },
  { ...USUAL, ...FULL, name: '2.5 KB, full batches', payloadBytes: 2_500 },
  { ...USUAL, ...FULL, name: '10 KB, full batches', payloadBytes: 10_000 },
  { ...USUAL, name: '300 KB, full batches', payloadBytes: 300_000, messages: 20, batched: true },
  { ...USUAL, name: 'five endpoints, full batches', messages: 20, endpoints: 5, batched: true },
  { ...USUAL, name: '100 endpoints', messages: 1, endpoints: 100 },
  { ...USUAL, name: '1,000 endpoints', messages: 1, endpoints: 1_000 },
];

const FAILING: readonly {
  readonly scenario: Scenario;
  readonly commands: string;
  readonly settings?: object;
}[] = [
  {
    scenario: { ...USUAL, name: 'fails eight times (500), one by one', messages: 1 },
    commands: '?status=500',
  },
  {
    scenario: { ...USUAL, name: 'fails eight times (500), batches of ten', messages: 10, batched: true },
    commands: '?status=500',
  },
  {
    scenario: {
      ...USUAL,
      name: 'times out eight times after 1 s, batches of ten',
      messages: 10,
      batched: true,
    },
    commands: '?script=timeout',
    settings: { requestTimeout: 1 },
  },
];

/** The circuit breaker is open when the messages come. */
const PARKED: Scenario = { ...USUAL, ...FULL, name: 'circuit breaker open, delivered after the recovery' };

const both = async (
  name: string,
  messages: number,
  run: () => Promise<readonly Invocation[]>,
): Promise<Measured> => {
  await count(true);
  const counted = countedOf(await run(), messages);
  await count(false);
  const times = timesOf(isTimed ? await run() : [], messages);
  await count(true);
  console.log(`${total(priceOf(counted, times)).toFixed(2)} dollars per million: ${name}`);
  // What is there already, should the run end early.
  await save(`price-of-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.json`, JSON.stringify({ counted, times }));
  return { name, counted, times };
};

// BENCH_ONLY=<text>: the scenarios alone whose name has it, or one of several with | between them.
const only = process.env['BENCH_ONLY'] ?? '';
const isPlayed = ({ name }: Scenario): boolean => only.split('|').some((text) => name.includes(text));
// BENCH_TIMES=false: units, calls and bytes alone, in half the time; a busy machine's times say nothing.
const isTimed = process.env['BENCH_TIMES'] !== 'false';
// BENCH_DOCS=true: writes tables and chart into docs/ (all scenarios, on a quiet machine).
const isForDocs = process.env['BENCH_DOCS'] === 'true';

it('prints units, calls, time and list price of a message', async () => {
  if (isForDocs && (only !== '' || !isTimed))
    throw new Error(
      'BENCH_DOCS publishes all scenarios with their times: leave out BENCH_ONLY and BENCH_TIMES.',
    );
  const where = provenance();
  await play({ ...USUAL, name: 'warm-up' });
  // Before all others, whose attempts leave hours to be counted.
  const idle = await idleMonth();
  const measured: Measured[] = [];
  for (const scenario of SCENARIOS.filter(isPlayed))
    measured.push(await both(scenario.name, scenario.messages, () => play(scenario)));
  for (const { scenario, commands, settings } of FAILING.filter(({ scenario: one }) => isPlayed(one)))
    measured.push(
      await both(scenario.name, scenario.messages, () => playFailing(scenario, commands, settings)),
    );
  if (isPlayed(PARKED)) measured.push(await both(PARKED.name, PARKED.messages, () => playParked(PARKED)));
  const [usual] = measured;
  const text = [
    where,
    budgetTable(measured),
    priceTable(measured),
    unitsTable(measured),
    rowsTable(measured),
    ROW_NOTES,
    storageTable(measured),
    ...(usual === undefined || !isTimed ? [] : [memoryTable(usual)]),
    idle,
    peersTable(),
  ].join('\n\n');
  console.log(text);
  const prices = measured.map(({ name, counted, times }) => ({ name, price: priceOf(counted, times) }));
  await save('price.md', `${text}\n`);
  await save('price.json', JSON.stringify({ provenance: where, measured, prices }, null, 2));
  const svg = await priceChart(prices);
  const file = await save('price.svg', svg);
  console.log(`tables, numbers and chart: ${file.replace(/price\.svg$/, '')}`);
  if (isForDocs) await publishToDocs(text, svg);
});
