import { describe, expect, it } from 'vitest';
import { SHAPES, SHAPE_CONFIGS } from './shapes.ts';
import { differenceOf, snapshotOf } from './snapshot.ts';

/**
 * What each stage shape deploys, in files for reviews: one in full, the others as the difference from a similar shape.
 * After an intended change run `npx vitest run --project infra snapshots -u` and review the diff.
 */
const FULL = 'HTTP API, state kept';
const BASE: Readonly<Record<string, string>> = {
  'HTTP API, state not kept': FULL,
  'REST API, state kept, in a named account and region': FULL,
  'REST API, state not kept': 'REST API, state kept, in a named account and region',
  'both APIs and every option': 'REST API, state kept, in a named account and region',
  'aliases and restored tables': FULL,
  'an emulator': 'both APIs and every option',
  'an emulator without HTTP APIs': 'an emulator',
};

const fileOf = (shape: string) => `snapshots/${shape.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.txt`;
const read = (shape: string) => [SHAPES[shape]!(), SHAPE_CONFIGS[shape]!] as const;

describe('resources, policies and logical ids match the reviewed snapshot', () => {
  it(`of the stage shape "${FULL}"`, async () => {
    await expect(snapshotOf(...read(FULL))).toMatchFileSnapshot(fileOf(FULL));
  });

  it.each(Object.keys(SHAPES).filter((shape) => shape !== FULL))('of the stage shape "%s"', async (shape) => {
    const base = BASE[shape]!;
    const text = `# ${shape}, compared with: ${base}\n${differenceOf(read(shape), read(base))}`;
    await expect(text).toMatchFileSnapshot(fileOf(shape));
  });
});

describe('an infrastructure snapshot', () => {
  const text = snapshotOf(...read(FULL));

  it('has a line for each policy statement and each logical id', () => {
    expect(text).toMatch(
      /service AWS::SQS::QueuePolicy DeliveryQueuePolicy\n {2}PolicyDocument: Deny sqs:\* on/,
    );
    for (const id of Object.keys(read(FULL)[0].service)) expect(text).toContain(` ${id}\n`);
  });

  it('contains neither the stage name nor asset hashes', () => {
    expect(text).not.toMatch(/[0-9a-f]{32}|posthorn-http/);
  });
});
