import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateDir } from '../../../scripts/local/paths.ts';
import type { RecordedCall } from './record-calls.ts';

/** A right that functions used, and in which tiers of tests. */
export interface Recording extends RecordedCall {
  readonly tiers: readonly string[];
}

/** Tiers whose functions tell of their calls; the contract tier runs what AWS gets and emulators do not. */
export const RECORDING_TIERS = ['contract', 'e2e', 'faults', 'drill'];

/** Where a run leaves what its tiers recorded; `npm test` empties it first. */
const folder = () => process.env['POSTHORN_LOG_DIR'] ?? join(privateDir, 'test-logs');

const fileOf = (tier: string) => join(folder(), `calls-${tier}.json`);

const COMMITTED = new URL('../../infra/recorded-calls.json', import.meta.url);

const read = (file: string | URL): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

export const keepCalls = async (tier: string, calls: readonly RecordedCall[]): Promise<void> => {
  await mkdir(folder(), { recursive: true });
  await writeFile(fileOf(tier), JSON.stringify(calls, null, 2));
};

const identity = ({ function: name, action, resource, conditions = {} }: RecordedCall): string =>
  JSON.stringify([name, action, resource, conditions]);

/** Recordings in order, each call once with all of its tiers. */
export const merged = (recordings: readonly Recording[]): readonly Recording[] => {
  const known = new Map<string, Recording>();
  for (const recording of recordings) {
    const key = identity(recording);
    const tiers = [...(known.get(key)?.tiers ?? []), ...recording.tiers];
    known.set(key, { ...recording, tiers: RECORDING_TIERS.filter((tier) => tiers.includes(tier)) });
  }
  return [...known.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
};

/** The tiers that left a recording, and what they recorded. */
export const recordedByRun = (): {
  readonly tiers: readonly string[];
  readonly calls: readonly Recording[];
} => {
  const tiers = RECORDING_TIERS.filter((tier) => existsSync(fileOf(tier)));
  const calls = tiers.flatMap((tier) =>
    (read(fileOf(tier)) as readonly RecordedCall[]).map((call) => ({ ...call, tiers: [tier] })),
  );
  return { tiers, calls: merged(calls) };
};

/** The reviewed record, on which the evaluation and docs/permissions.md rest. */
export const committedCalls = (): readonly Recording[] => read(COMMITTED) as readonly Recording[];

/** Calls of the first that the second has not, whatever the tier. */
export const missingFrom = (
  calls: readonly Recording[],
  others: readonly Recording[],
): readonly Recording[] => {
  const known = new Set(others.map(identity));
  return calls.filter((call) => !known.has(identity(call)));
};

/** What the committed record would be with this run's calls, beside the recordings; answers the file's path. */
export const propose = async (): Promise<string> => {
  const file = join(folder(), 'recorded-calls.json');
  await writeFile(
    file,
    `${JSON.stringify(merged([...committedCalls(), ...recordedByRun().calls]), null, 2)}\n`,
  );
  return file;
};
