import { describe, expect, it } from 'vitest';
import { SHAPES, SHAPE_CONFIGS } from './shapes.ts';
import { differenceOf, snapshotOf } from './snapshot.ts';

/**
 * What each shape of stage deploys, in files that are read in reviews: one in full, the others as what differs from a
 * near one. After a change that is meant: `npx vitest run --project infra snapshots -u`, and look at the difference.
 */
const FULL = 'HTTP API, state kept';
const NEAR: Readonly<Record<string, string>> = {
  'HTTP API, state not kept': FULL,
  'REST API, state kept, in a named account and region': FULL,
  'REST API, state not kept': 'REST API, state kept, in a named account and region',
  'both APIs and every option': 'REST API, state kept, in a named account and region',
  'an emulator': 'both APIs and every option',
  'an emulator without HTTP APIs': 'an emulator',
};

const fileOf = (shape: string) => `snapshots/${shape.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.txt`;
const read = (shape: string) => [SHAPES[shape]!(), SHAPE_CONFIGS[shape]!] as const;

describe('resources, policies and logical ids are those that were reviewed', () => {
  it(`of ${FULL}`, async () => {
    await expect(snapshotOf(...read(FULL))).toMatchFileSnapshot(fileOf(FULL));
  });

  it.each(Object.keys(SHAPES).filter((shape) => shape !== FULL))('of %s', async (shape) => {
    const near = NEAR[shape]!;
    const text = `# ${shape}, compared with: ${near}\n${differenceOf(read(shape), read(near))}`;
    await expect(text).toMatchFileSnapshot(fileOf(shape));
  });
});

describe('a snapshot', () => {
  const text = snapshotOf(...read(FULL));

  it('has a line for each statement of a policy, and for each logical id', () => {
    expect(text).toMatch(
      /service AWS::SQS::QueuePolicy DeliveryQueuePolicy\n {2}PolicyDocument: Deny sqs:\* on/,
    );
    for (const id of Object.keys(read(FULL)[0].service)) expect(text).toContain(` ${id}\n`);
  });

  it('has no name of the stage and no hash of an asset, so that only changes of the system change it', () => {
    expect(text).not.toMatch(/[0-9a-f]{32}|posthorn-http/);
  });
});
