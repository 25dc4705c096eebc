import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateDir } from '../../../scripts/local/paths.ts';
import type { RecordedCall } from './record-calls.ts';

/** An AWS call that functions made, and the test tiers in which they did. */
export interface Recording extends RecordedCall {
  readonly tiers: readonly string[];
}

/** Tiers that record AWS calls of functions; the contract tier runs code that is deployed to AWS only. */
export const RECORDING_TIERS = ['contract', 'e2e', 'faults', 'drill', 'portal'];

/** The folder of the recordings of a run; `npm test` empties it first. */
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

/** Sorted recordings, each call once with all of its tiers. */
export const merged = (recordings: readonly Recording[]): readonly Recording[] => {
  const known = new Map<string, Recording>();
  for (const recording of recordings) {
    const key = identity(recording);
    const tiers = [...(known.get(key)?.tiers ?? []), ...recording.tiers];
    known.set(key, { ...recording, tiers: RECORDING_TIERS.filter((tier) => tiers.includes(tier)) });
  }
  return [...known.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
};

/** All lanes run one handler, and which takes a delivery depends on how slow its endpoint seemed, and on volumes. */
const LANES = ['deliver', 'deliver-bulk', 'deliver-slow'];

/** The calls of each lane as calls of the other ones too. */
const inAllLanes = (calls: readonly Recording[]): readonly Recording[] =>
  merged(
    calls.flatMap((call) =>
      LANES.includes(call.function) ? LANES.map((lane) => ({ ...call, function: lane })) : [call],
    ),
  );

/** The tiers that wrote a recording, and the recorded calls. */
export const recordedByRun = (): {
  readonly tiers: readonly string[];
  readonly calls: readonly Recording[];
} => {
  const tiers = RECORDING_TIERS.filter((tier) => existsSync(fileOf(tier)));
  const calls = tiers.flatMap((tier) =>
    (read(fileOf(tier)) as readonly RecordedCall[]).map((call) => ({ ...call, tiers: [tier] })),
  );
  return { tiers, calls: inAllLanes(calls) };
};

/** The reviewed recordings, which the evaluation and docs/permissions.md use. */
export const committedCalls = (): readonly Recording[] => inAllLanes(read(COMMITTED) as readonly Recording[]);

/** Calls that `others` does not contain, in whatever tier. */
export const missingFrom = (
  calls: readonly Recording[],
  others: readonly Recording[],
): readonly Recording[] => {
  const known = new Set(others.map(identity));
  return calls.filter((call) => !known.has(identity(call)));
};

/** Writes the committed recordings merged with those of this run to a file beside the latter; returns its path. */
export const propose = async (): Promise<string> => {
  const file = join(folder(), 'recorded-calls.json');
  await writeFile(
    file,
    `${JSON.stringify(merged([...committedCalls(), ...recordedByRun().calls]), null, 2)}\n`,
  );
  return file;
};
