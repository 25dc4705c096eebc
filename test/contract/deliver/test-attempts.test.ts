import { expect, it } from 'vitest';
import { makeReserveTests } from '../../../functions/deliver/throttle/throttle.dynamo.ts';
import { appId } from '../../../functions/platform/ids/brand.domain.ts';
import { APP, NOON, ORG } from '../../support/simulation/builders.ts';
import { freshTable } from '../reads/tables.ts';
import { emulatorDynamo } from '../emulator.ts';

it('test attempts of an application are limited to one a second in bursts of five, whatever process admits them', async () => {
  const client = emulatorDynamo();
  const table = await freshTable(client);
  const processes = [1, 2, 3].map(() => makeReserveTests(client, table));
  const admitted = async (count: number, at: number, app = APP) => {
    let sum = 0;
    for (let index = 0; index < count; index += 1)
      if (await processes[index % processes.length]!(ORG, app, at)) sum += 1;
    return sum;
  };
  expect(await admitted(8, NOON)).toBe(5);
  expect(await admitted(3, NOON + 500)).toBe(0);
  expect(await admitted(3, NOON + 1_000)).toBe(1);
  expect(await admitted(9, NOON, appId('app_other'))).toBe(5);
  expect(await admitted(8, NOON + 60_000)).toBe(5);
});
