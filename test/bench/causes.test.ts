import { rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject, it } from 'vitest';
import { machine } from '../../scripts/local/machine.ts';
import { sharesByFunction } from '../support/bench/causes.ts';
import type { Shares } from '../support/bench/causes.ts';
import { count } from '../support/bench/recorded.ts';
import { PROFILE, PROFILING } from '../support/bench/recording/folder.ts';
import { save, table } from '../support/bench/report.ts';
import { play, USUAL } from '../support/bench/scenario.ts';
import type { Scenario } from '../support/bench/scenario.ts';

/**
 * Prints what the CPU of each function goes to (docs/performance.md): `npm run bench -- causes`. V8's profiler samples the
 * functions' processes; shares of a busy machine are good, times are not. Not at full batches, where a process runs so rarely
 * that most samples are V8's garbage collection while it is idle.
 */
const SCENARIO: Scenario = { ...USUAL, name: 'one by one', messages: 100 };
const WARM_UP_MESSAGES = 400;
/** The next invocation of a process writes its profile. */
const LAST_MESSAGES = 20;

const measure = async (scenario: Scenario): Promise<ReadonlyMap<string, Shares>> => {
  const folder = inject('benchDir');
  await play({ ...scenario, name: `warm-up, ${scenario.name}`, messages: WARM_UP_MESSAGES });
  await writeFile(join(folder, PROFILING), '');
  await play(scenario);
  await rm(join(folder, PROFILING));
  await play({ ...scenario, name: `last, ${scenario.name}`, messages: LAST_MESSAGES });
  const shares = sharesByFunction(folder);
  for (const file of readdirSync(folder)) if (file.endsWith(PROFILE)) await rm(join(folder, file));
  return shares;
};

const FUNCTIONS = ['publish', 'fan-out', 'deliver', 'project'];

const shareTable = (name: string, shares: ReadonlyMap<string, Shares>): string => {
  const names = FUNCTIONS.filter((one) => shares.has(one));
  const of = (cause: string, one: string) => shares.get(one)?.get(cause) ?? 0;
  const causes = [...new Set(names.flatMap((one) => [...(shares.get(one)?.keys() ?? [])]))].toSorted(
    (left, right) => of(right, 'publish') - of(left, 'publish'),
  );
  return table(
    [`${name}, % of a function's CPU`, ...names],
    causes.map((cause) => [cause, ...names.map((one) => (100 * of(cause, one)).toFixed(1))]),
  );
};

it('prints what the CPU of each function goes to', async () => {
  await count(false);
  const where = `${new Date().toISOString().slice(0, 10)}, ${machine()}.`;
  const text = `${where}\n\n${shareTable(SCENARIO.name, await measure(SCENARIO))}`;
  await count(true);
  console.log(text);
  console.log(await save('causes.md', `${text}\n`));
});
