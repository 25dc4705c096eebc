import { expect, it } from 'vitest';
import { healthyTenants, phase } from '../support/isolation/deployed.ts';
import type { Phase } from '../support/isolation/deployed.ts';
import { latenciesOf, ratio, table } from '../support/isolation/latencies.ts';
import type { Latencies } from '../support/isolation/latencies.ts';
import { play } from '../support/isolation/virtual.ts';
import type { Played, Trouble } from '../support/isolation/virtual.ts';

/** What `npm run isolation` prints is in docs/reliability.md. Nothing here judges time; a lost message fails it. */
const VIRTUAL_SECONDS = Number(process.env['ISOLATION_VIRTUAL_SECONDS'] ?? 180);
const PHASE_SECONDS = Number(process.env['ISOLATION_PHASE_SECONDS'] ?? 30);

const CASTS: readonly { readonly name: string; readonly trouble: readonly Trouble[] }[] = [
  { name: 'nobody', trouble: [] },
  { name: 'a dead one', trouble: ['dead'] },
  { name: 'a hanging one', trouble: ['hanging'] },
  { name: 'a flooding one', trouble: ['flooding'] },
  { name: 'all three', trouble: ['dead', 'hanging', 'flooding'] },
];

const say = (text: string) => console.log(text);

const cells = ({ p50, p95, p99, max }: Latencies) => [p50, p95, p99, max];

it('policies, in virtual time: no message of nine healthy tenants is lost beside others in trouble', async () => {
  let lost = 0;
  for (const fair of [true, false]) {
    const rows: (string | number)[][] = [];
    let alone: Played | undefined;
    for (const { name, trouble } of CASTS) {
      say(`virtual time, ${fair ? 'fair queues' : 'first come, first served'}: ${name} ...`);
      const played = await play({ trouble, fair, seconds: VIRTUAL_SECONDS });
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
    say(
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

it('deployed to an emulator: no message of nine healthy tenants is lost beside others in trouble', async () => {
  const healthy = await healthyTenants();
  say('emulator: warming up ...');
  await phase(healthy, false, 5);
  const phases: Phase[] = [];
  for (const trouble of [false, true, false, true]) {
    say(`emulator: ${PHASE_SECONDS} s ${trouble ? 'with' : 'without'} trouble ...`);
    phases.push(await phase(healthy, trouble, PHASE_SECONDS));
  }
  const row = (name: string, some: readonly Phase[]) => {
    const published = some.reduce((sum, one) => sum + one.published, 0);
    const took = some.flatMap((one) => one.took);
    const [flooded, flood] = [0, 1].map((side) => some.reduce((sum, one) => sum + (one.flood[side] ?? 0), 0));
    return [name, ...cells(latenciesOf(took)), `${took.length} of ${published}`, `${flooded} of ${flood}`];
  };
  const [without, beside] = [false, true].map((trouble) => phases.filter((one) => one.trouble === trouble));
  const [calm, rough] = [without, beside].map((some) =>
    latenciesOf((some ?? []).flatMap(({ took }) => took)),
  );
  say(
    `\nNine healthy tenants on the emulator: ms from the publish's answer to the receiver\n${table([
      ['phase', 'p50', 'p95', 'p99', 'max', 'delivered', 'of the flood'],
      ...phases.map((one, index) => row(`${index + 1} ${one.trouble ? 'with' : 'without'}`, [one])),
      row('both without', without ?? []),
      row('both with', beside ?? []),
    ])}\n  ratio: p50 ${ratio(rough!.p50, calm!.p50)}, p95 ${ratio(rough!.p95, calm!.p95)}\n`,
  );
  expect(phases.map(({ published, took }) => published - took.length)).toEqual([0, 0, 0, 0]);
});
