import { expect, it } from 'vitest';
import { healthyTenants, phase } from '../support/isolation/deployed.ts';
import type { Overload, Phase } from '../support/isolation/deployed.ts';
import { latenciesOf, ratio, table } from '../support/isolation/latencies.ts';
import type { Latencies } from '../support/isolation/latencies.ts';
import { play } from '../support/isolation/virtual.ts';
import type { Neighbor, Played } from '../support/isolation/virtual.ts';

/** docs/reliability.md has the output of `npm run isolation`. In virtual time ratios have a limit; deployed, only losses do. */
const VIRTUAL_SECONDS = Number(process.env['ISOLATION_VIRTUAL_SECONDS'] ?? 180);
const PHASE_SECONDS = Number(process.env['ISOLATION_PHASE_SECONDS'] ?? 30);
/** The p95 of healthy tenants beside others, relative to that without. */
const MOST_RATIO = 1.2;

interface Line {
  readonly name: string;
  readonly beside: readonly Neighbor[];
}

const ALONE: Line = { name: 'no other tenant', beside: [] };
const LINES: readonly Line[] = [
  ALONE,
  { name: 'a dead tenant', beside: ['dead'] },
  { name: 'a hanging tenant', beside: ['hanging'] },
  { name: 'a hanging tenant with 50 messages a second', beside: ['hanging-busy'] },
  { name: 'five hanging tenants with 7 messages a second', beside: ['hanging-five'] },
  { name: 'a tenant of 500 endpoints that all hang', beside: ['hanging-endpoints'] },
  { name: 'a tenant of 5 hanging endpoints for each message', beside: ['hanging-fan'] },
  { name: '1,000 applications that all hang, 50 messages a second', beside: ['hanging-applications'] },
  { name: 'five tenants that answer after 4.9 s', beside: ['nearly-slow'] },
  { name: 'a flooding tenant', beside: ['flooding'] },
  { name: 'a flood that stops and starts each 3 s', beside: ['stuttering'] },
  { name: 'a tenant that owns half of all traffic', beside: ['half'] },
  { name: 'a tenant of 5,000 endpoints', beside: ['wide'] },
  {
    name: 'all of them',
    beside: [
      ...(['dead', 'hanging', 'hanging-busy', 'hanging-five', 'hanging-endpoints', 'hanging-fan'] as const),
      ...(['hanging-applications', 'nearly-slow', 'flooding', 'stuttering', 'half', 'wide'] as const),
    ],
  },
];
/** Neighbors that do no wrong: what the others do to them is shown too. */
const LEGITIMATE = [
  ['half', 'half of all traffic'],
  ['wide', '5,000 endpoints'],
] as const;

const OVERLOADS: readonly { readonly name: string; readonly overload: readonly Overload[] }[] = [
  { name: 'no other tenant', overload: [] },
  { name: 'a dead tenant', overload: ['dead'] },
  { name: 'a hanging tenant', overload: ['hanging'] },
  { name: 'a flooding tenant', overload: ['flooding'] },
  { name: 'all three', overload: ['dead', 'hanging', 'flooding'] },
  // Once more: its variation is that of the machine.
  { name: 'no other tenant', overload: [] },
];

const print = (text: string) => console.log(text);

const cells = ({ p50, p95, p99, max }: Latencies) => [p50, p95, p99, max];
const HEADER = ['p50', 'p95', 'p99', 'max'];

it('isolation in virtual time: the p95 of nine healthy tenants beside others is at most 1.2 times that without, and nothing is lost', async () => {
  const all: (Line & { readonly fair: boolean; readonly played: Played })[] = [];
  for (const fair of [true, false])
    for (const line of LINES.filter(({ beside }) => fair || beside.includes('flooding'))) {
      print(`virtual time, ${fair ? 'fair queues' : 'first come, first served'}: ${line.name} ...`);
      all.push({
        ...line,
        fair,
        played: await play({ beside: line.beside, fair, seconds: VIRTUAL_SECONDS }),
      });
    }
  const alone = all[0]!.played.healthy;
  const unfairOf = (name: string) =>
    all.find((one) => one.name === name && !one.fair)?.played.healthy.p95 ?? '';
  const fair = all.filter((one) => one.fair);
  print(
    `\nNine healthy tenants, ${VIRTUAL_SECONDS} s of virtual time: ms from 202 to receiver\n${table([
      ['beside', ...HEADER, 'p95 ratio', 'p95 without fair queues', 'lost'],
      ...fair.map(({ name, played: { healthy } }) => [
        ...[name, ...cells(healthy), ratio(healthy.p95, alone.p95)],
        ...[unfairOf(name), healthy.lost],
      ]),
    ])}\n`,
  );
  print(
    `\nThe busy tenants themselves: ms from 202 to receiver\n${table([
      ['tenant, beside', ...HEADER],
      ...fair.flatMap(({ name, beside, played: { neighbors } }) =>
        LEGITIMATE.flatMap(([key, what]) => {
          const one = neighbors[key];
          if (one === undefined) return [];
          return [[`${what}, ${beside.length === 1 ? 'the nine alone' : name}`, ...cells(one)]];
        }),
      ),
    ])}\n`,
  );
  expect(all.map(({ played }) => played.healthy.lost)).toEqual(all.map(() => 0));
  for (const { played } of fair) expect(played.healthy.p95 / alone.p95).toBeLessThanOrEqual(MOST_RATIO);
});

it('isolation on an emulator: no message of nine healthy tenants is lost beside dead, hanging and flooding tenants', async () => {
  const healthy = await healthyTenants();
  print('emulator: warming up ...');
  await phase(healthy, [], 5);
  const phases: { readonly name: string; readonly seen: Phase }[] = [];
  for (const { name, overload } of OVERLOADS) {
    print(`emulator, ${PHASE_SECONDS} s: ${name} ...`);
    phases.push({ name, seen: await phase(healthy, overload, PHASE_SECONDS) });
  }
  const alone = latenciesOf(phases.flatMap(({ name, seen }) => (name === ALONE.name ? seen.took : [])));
  const rows = phases.map(({ name, seen: { took, published, flood, repeats } }) => {
    const seen = latenciesOf(took);
    const ratios = [ratio(seen.p50, alone.p50), ratio(seen.p95, alone.p95)];
    return [name, ...cells(seen), ...ratios, published, published - took.length, flood.join(' of '), repeats];
  });
  print(
    `\nNine healthy tenants on the emulator, ${PHASE_SECONDS} s each: ms from the publish's answer to the receiver\n${table(
      [['beside', ...HEADER, 'p50 ratio', 'p95 ratio', 'published', 'lost', 'flood', '5xx'], ...rows],
    )}\n`,
  );
  expect(phases.map(({ seen }) => seen.published - seen.took.length)).toEqual(phases.map(() => 0));
});
