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
 * Compares the AWS calls that the tiers before this one recorded with the roles and with recorded-calls.json
 * (docs/decisions/0021). Run alone, it uses the recordings of the last run.
 */
const run = recordedByRun();
const textOf = ({ function: name, action, resource }: Recording) => `${name}: ${action} on ${resource}`;

it('the tiers before this one recorded the AWS calls of their functions', () => {
  expect(run.tiers, `run the tiers ${RECORDING_TIERS.join(', ')} first`).toEqual(RECORDING_TIERS);
});

describe.each(['HTTP API, state kept', 'REST API, state not kept'])(
  'function roles of the stage shape "%s"',
  (shape) => {
    it('allow every AWS call of this run', async () => {
      expect(await deniedCalls(deployedFrom(SHAPES[shape]!().templates), run.calls)).toEqual([]);
    });
  },
);

it('test/infra/recorded-calls.json contains every AWS call of this run', async () => {
  const fresh = missingFrom(run.calls, committedCalls()).map(textOf);
  const hint =
    fresh.length === 0 ? '' : `review and copy ${await propose()} to test/infra/recorded-calls.json`;
  expect(fresh, hint).toEqual([]);
});

// Calls that a run may not make: the random crashes of the faults tier determine its calls; the rule of
// update-hourly-statistics fires every ten minutes; recover brings a retry forward only if one is pending at that moment. The
// tests of the portal are skipped where no browser is installed.
const ALONE = ['faults', 'portal'];
const SOMETIMES = [
  'update-hourly-statistics',
  'run-task: dynamodb:UpdateItem on DELIVERIES_TABLE',
  'admin: dynamodb:Query on VIEWS_TABLE',
];

it('test/infra/recorded-calls.json contains only AWS calls of this run', () => {
  const expected = committedCalls().filter(
    (call) =>
      !ALONE.includes(call.tiers.join()) &&
      !SOMETIMES.includes(call.function) &&
      !SOMETIMES.includes(textOf(call)),
  );
  expect(
    missingFrom(expected, run.calls).map(textOf),
    'delete them from test/infra/recorded-calls.json',
  ).toEqual([]);
});
