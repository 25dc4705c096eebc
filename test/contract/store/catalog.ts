import { randomUUID } from 'node:crypto';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { makeEventTypeStore } from '../../../functions/catalog/event-types/event-types.dynamo.ts';
import { makeSettingsStore } from '../../../functions/catalog/settings/settings.dynamo.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { aroundCalls, raw } from '../../support/raw-calls.ts';
import type { JsonClient } from '../../../functions/platform/aws/json-client.ts';
import { emulatorDynamo } from '../emulator.ts';

export const LATER = NOON + 5_000;

export const freshOrg = () => orgId(`org_${randomUUID()}`);

/** A new table for a test file; its tests use different organizations. */
export const freshTable = async (): Promise<Catalog> => {
  const client = emulatorDynamo();
  const table = `catalog-${randomUUID()}`;
  await client.send(
    raw('DynamoDB', 'CreateTable', {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  return makeCatalog(client, table);
};

export const storesOf = (catalog: Catalog) => ({
  applications: makeApplicationStore(catalog),
  endpoints: makeEndpointStore(catalog),
  eventTypes: makeEventTypeStore(catalog),
  settings: makeSettingsStore(catalog),
});

/** Records the names of the AWS calls that the client makes from now on. */
export const recordCalls = ({ client }: Pick<Catalog, 'client'>): string[] => {
  const calls: string[] = [];
  aroundCalls(client, (operation, make) => {
    calls.push(operation);
    return make();
  });
  return calls;
};

/** Lets the next call succeed on the server but fail in the client; the result says whether that happened. */
export const loseAnswer = ({ client }: Pick<Catalog, 'client'>): (() => boolean) => {
  let lost = false;
  const attempt = Reflect.get(client, 'attempt') as JsonClient<'DynamoDB'>['attempt'];
  const losing: typeof attempt = async (...sent) => {
    const answer = await Reflect.apply(attempt, client, sent);
    if (lost) return answer;
    lost = true;
    throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  };
  Object.assign(client, { attempt: losing });
  return () => lost;
};
