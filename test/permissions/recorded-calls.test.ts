import { describe, expect, it } from 'vitest';
import { SHAPES } from '../infra/shapes.ts';
import { deployedFrom } from '../support/permissions/deployed.ts';
import { deniedCalls } from '../support/permissions/function-rights.ts';
import {
  RECORDING_TIERS,
  committedCalls,
  missingFrom,
  propose,
  recordedByRun,
} from '../support/permissions/recordings.ts';
import type { Recording } from '../support/permissions/recordings.ts';

/**
 * Judges what deployed functions called in the tiers before this one (docs/decisions/0021). By itself it judges what
 * those left behind when they ran last.
 */
const run = recordedByRun();
const words = ({ function: name, action, resource }: Recording) => `${name}: ${action} on ${resource}`;

it('the tiers before this one recorded the calls of their functions', () => {
  expect(run.tiers, `run the tiers ${RECORDING_TIERS.join(', ')} first`).toEqual(RECORDING_TIERS);
});

describe.each(['HTTP API, state kept', 'REST API, state not kept'])('%s', (shape) => {
  it('every call that a function made in this run is allowed', async () => {
    expect(await deniedCalls(deployedFrom(SHAPES[shape]!().templates), run.calls)).toEqual([]);
  });
});

it('every call of this run is on record', async () => {
  const fresh = missingFrom(run.calls, committedCalls()).map(words);
  const hint =
    fresh.length === 0 ? '' : `review and copy ${await propose()} to test/infra/recorded-calls.json`;
  expect(fresh, hint).toEqual([]);
});

// Crashes hit at random, so what the faults tier alone has seen may not come in each run. Which lane a slow endpoint's
// deliveries take depends on the machine; the same handler runs in both. The rule of update-hourly-statistics fires every ten minutes; recover
// brings a retry forward only where one is pending at that instant, and counts ahead what it finds then.
const SOMETIMES = [
  ...['deliver-slow', 'update-hourly-statistics'],
  'run-task: dynamodb:UpdateItem on DELIVERIES_TABLE',
  'admin: dynamodb:Query on VIEWS_TABLE',
];

it('every call on record was made in this run', () => {
  const expected = committedCalls().filter(
    (call) =>
      call.tiers.join() !== 'faults' &&
      !SOMETIMES.includes(call.function) &&
      !SOMETIMES.includes(words(call)),
  );
  expect(
    missingFrom(expected, run.calls).map(words),
    'delete them from test/infra/recorded-calls.json',
  ).toEqual([]);
});
