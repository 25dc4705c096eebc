import { expect, it } from 'vitest';
import { healthyTenants, phase } from '../support/isolation/deployed.ts';
import type { Phase } from '../support/isolation/deployed.ts';
import { latenciesOf, ratio, table } from '../support/isolation/latencies.ts';
import type { Latencies } from '../support/isolation/latencies.ts';
import { play } from '../support/isolation/virtual.ts';
import type { Played, Overload } from '../support/isolation/virtual.ts';

/** docs/reliability.md has the output of `npm run isolation`. The tests fail on lost messages, not on latencies. */
const VIRTUAL_SECONDS = Number(process.env['ISOLATION_VIRTUAL_SECONDS'] ?? 180);
const PHASE_SECONDS = Number(process.env['ISOLATION_PHASE_SECONDS'] ?? 30);

interface Cast {
  readonly name: string;
  readonly overload: readonly Overload[];
}

const ALONE: Cast = { name: 'none', overload: [] };
const CASTS: readonly Cast[] = [
  ALONE,
  { name: 'a dead tenant', overload: ['dead'] },
  { name: 'a hanging tenant', overload: ['hanging'] },
  { name: 'a flooding tenant', overload: ['flooding'] },
  { name: 'all three', overload: ['dead', 'hanging', 'flooding'] },
];

const print = (text: string) => console.log(text);

const cells = ({ p50, p95, p99, max }: Latencies) => [p50, p95, p99, max];

it('isolation in virtual time: no message of nine healthy tenants is lost beside dead, hanging and flooding tenants', async () => {
  let lost = 0;
  for (const fair of [true, false]) {
    const rows: (string | number)[][] = [];
    let alone: Played | undefined;
    for (const { name, overload } of CASTS) {
      print(`virtual time, ${fair ? 'fair queues' : 'first come, first served'}: ${name} ...`);
      const played = await play({ overload, fair, seconds: VIRTUAL_SECONDS });
      alone ??= played;
      lost += played.lost;
      const { healthy, lost: missing } = played;
      rows.push([
        name,
        ...cells(healthy),
        ratio(healthy.p50, alone.healthy.p50),
        ratio(healthy.p95, alone.healthy.p95),
        missing,
      ]);
    }
    print(
      `\nNine healthy tenants, ${VIRTUAL_SECONDS} s of virtual time, ${
        fair ? 'fair queues' : 'first come, first served'
      }: ms from 202 to receiver\n${table([
        ['beside', 'p50', 'p95', 'p99', 'max', 'p50 ratio', 'p95 ratio', 'lost'],
        ...rows,
      ])}\n`,
    );
  }
  expect(lost).toBe(0);
});

it('isolation on an emulator: no message of nine healthy tenants is lost beside dead, hanging and flooding tenants', async () => {
  const healthy = await healthyTenants();
  print('emulator: warming up ...');
  await phase(healthy, [], 5);
  const phases: { readonly name: string; readonly seen: Phase }[] = [];
  // The phase without other tenants runs twice: its variation is that of the machine.
  for (const { name, overload } of [...CASTS, ALONE]) {
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
      [
        ['beside', 'p50', 'p95', 'p99', 'max', 'p50 ratio', 'p95 ratio', 'published', 'lost', 'flood', '5xx'],
        ...rows,
      ],
    )}\n`,
  );
  expect(phases.map(({ seen }) => seen.published - seen.took.length)).toEqual(phases.map(() => 0));
});
