import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi/openapi.ts';
import { operations } from '../../../functions/api/operations.ts';
import type { Operation } from '../../../functions/api/operation.ts';
import { managementToken } from '../../../scripts/local/tokens.ts';
import { enforceDynamoLimits, limitProblem } from '../../support/dynamo-limits.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { seed } from './seeded.ts';
import type { Seeded } from './seeded.ts';
import { serveApi } from './served-api.ts';
import type { ServedApi } from './served-api.ts';
import { GetCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

/** Calls every operation with values at and beyond the limits of DynamoDB, which the emulator does not enforce. */

const REQUESTS_EACH = 60;
const AT_ONCE = 4;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
  readonly examples?: readonly unknown[];
}

const document = openApiDocument(operations) as any;
const random = makeRandom(76);
const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;

const LENGTHS = [
  0, 1, 255, 256, 257, 340, 341, 342, 512, 999, 1_000, 1_001, 1_024, 1_025, 2_048, 2_049, 4_097,
];
const UNITS = ['a', '.', '_', '-', 'é', '€', '😀', '\u0000', '#', '~', '\uffff', ' '];
const NAMES = ['app_', 'ep_', 'msg_', 'atmpt_', 'qtask_', ''];
const longText = (): string => `${pick(NAMES)}${pick(UNITS).repeat(pick(LENGTHS))}`;
const text = (): string =>
  pick([
    longText,
    longText,
    () => 'invoice.paid',
    () => new Date(pick([0, -1, 8.64e15, 2 ** 40])).toISOString(),
  ])();
const number = (): number | string =>
  pick([
    ...[0, -0, 1, -1, 0.1, 1.5, 65_535, 65_536, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e21, 1e126, 1e308],
    ...[1e-130, 1e-131, 1e-300, 5e-324, 0.123_456_789_012_345_68, -1e126, 86_400 * 365],
  ]);

const resolve = (schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (document.components.schemas[schema.$ref.split('/').at(-1)!] as Schema);

/** A value of the schema's shape: usually an allowed one, sometimes one that exceeds a limit beyond the shape. */
const valueOf = (given: Schema, depth = 0): unknown => {
  const schema = resolve(given);
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return valueOf(pick(options), depth);
  if (schema.enum !== undefined && random.chance(0.8)) return pick(schema.enum);
  const type =
    typeof schema.type === 'string' ? schema.type : pick(schema.type ?? ['object', 'string', 'number']);
  switch (type) {
    case 'string':
      if (schema.examples !== undefined && random.chance(0.4)) return pick(schema.examples);
      return schema.format === 'uri' && random.chance(0.8)
        ? `https://x.example/${encodeURI(longText())}`
        : text();
    case 'integer':
    case 'number':
      return number();
    case 'boolean':
      return random.chance(0.5);
    case 'array':
      return Array.from({ length: pick([0, 1, 2, 5, 11, 101]) }, () =>
        valueOf(schema.items ?? {}, depth + 1),
      );
    case 'null':
      return null;
    default:
      return objectOf(schema, depth);
  }
};

const nested = (levels: number): unknown => (levels === 0 ? number() : { a: [nested(levels - 1)] });

const objectOf = (schema: Schema, depth: number): unknown => {
  if (depth > 4) return {};
  if (schema.properties === undefined && random.chance(0.3)) return nested(pick([1, 16, 40]));
  const kept = Object.entries(schema.properties ?? {}).filter(
    ([name]) => schema.required?.includes(name) === true || random.chance(0.25),
  );
  const free =
    schema.additionalProperties === undefined || schema.additionalProperties === false
      ? []
      : Array.from({ length: pick([0, 1, 3, 100]) }, () => [
          longText(),
          valueOf(
            schema.additionalProperties === true ? {} : (schema.additionalProperties as Schema),
            depth + 1,
          ),
        ]);
  return Object.fromEntries([...kept.map(([name, one]) => [name, valueOf(one, depth + 1)]), ...free]);
};

let api: ServedApi;
let seeded: Seeded;
let stageToken: string;
beforeAll(async () => {
  api = await serveApi();
  enforceDynamoLimits();
  seeded = await seed(api);
  stageToken = await managementToken((await api.deps.keys.current())[0]!, new Date());
});
afterAll(() => api.close());

const encoded = (value: string) => encodeURIComponent(value.toWellFormed());

const pathOf = ({ path }: Operation): string => {
  const others = seeded.idsIn.filter((one) => path.includes(one.path)).map(({ ids }) => ids);
  const ids: Seeded['ids'] = Object.assign({}, seeded.ids, ...others);
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const known = random.chance(0.75) ? ids[name] : undefined;
    return encoded(known ?? (longText() || 'a'));
  });
};

const requestOf = (operation: Operation): [string, RequestInit] => {
  const { method, path, auth } = operation;
  const described = document.paths[path][method.toLowerCase()];
  const parameters = (described.parameters ?? []) as { name: string; in: string; schema: Schema }[];
  const query = parameters
    .filter((one) => one.in === 'query' && random.chance(0.4))
    .map(({ name, schema }) => `${name}=${encoded(String(valueOf(schema)))}`);
  const token = auth === 'management' ? stageToken : seeded.organizationToken;
  const body = described.requestBody?.content['application/json'].schema as Schema | undefined;
  const key = method === 'POST' && random.chance(0.5) ? { 'idempotency-key': 'k'.repeat(pick(LENGTHS)) } : {};
  return [
    `${pathOf(operation)}?${query.join('&')}`,
    {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...key },
      ...(body === undefined ? {} : { body: JSON.stringify(valueOf(body)) }),
    },
  ];
};

/** Deletions come last, because other operations need the objects that paths name. */
const listed = operations
  .filter(({ hidden }) => hidden !== true)
  .toSorted((left, right) => Number(left.method === 'DELETE') - Number(right.method === 'DELETE'));

describe('requests at the DynamoDB limits (keys of 2,048 and 1,024 bytes, numbers, items of 400 KB) never answer 5xx', () => {
  it.each(listed.map((operation) => [operation.operationId, operation] as const))(
    '%s',
    async (_, operation) => {
      const faults: string[] = [];
      const requests = Array.from({ length: REQUESTS_EACH }, () => requestOf(operation));
      const ask = async () => {
        for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
          const { status } = await fetch(`${api.url}${request[0]}`, request[1]);
          if (status >= 500)
            faults.push(`${status} ${request[0].slice(0, 300)} ${JSON.stringify(request[1]).slice(0, 600)}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, ask));
      expect([...faults, ...api.takeFaults()]).toEqual([]);
    },
  );
});

/**
 * Of an application’s token and of a link: a random request with a token of the organization has neither. Nor is a random
 * object an OpenAPI document.
 */
const NEVER = [
  'v1.authentication.logout',
  'v1.authentication.one-time-token',
  'v1.event-type.import-openapi',
];

it('random requests at the DynamoDB limits are mostly valid: nearly all operations succeed at least once', () => {
  const answers = [...api.takeAnswers()];
  const failed = listed.filter(
    ({ operationId, method, path }) =>
      !NEVER.includes(operationId) && !answers.some((one) => one.startsWith(`${method} ${path} 2`)),
  );
  expect(failed.length, failed.map(({ operationId }) => operationId).join(', ')).toBeLessThan(12);
});

it('DynamoDB limits are enforced on the calls of this process', async () => {
  const sent = emulatorDynamo().send(new GetCommand({ TableName: 't', Key: { pk: 'p', sk: '' } }));
  await expect(sent).rejects.toThrow('sk is empty');
});

it('DynamoDB limit check refuses what DynamoDB refuses', () => {
  const item = (some: object) => ({ Item: { pk: { S: 'p' }, sk: { S: 's' }, ...some } });
  const query = (value: string) => ({
    KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
    ExpressionAttributeValues: { ':p': { S: 'p' }, ':s': { S: value } },
  });
  expect(limitProblem('PutItemCommand', item({}))).toBeUndefined();
  expect(limitProblem('QueryCommand', query('s'.repeat(1_024)))).toBeUndefined();
  const refused: [string, Record<string, unknown>][] = [
    ['PutItemCommand', item({ pk: { S: 'é'.repeat(1_025) } })],
    ['PutItemCommand', item({ sk: { S: 's'.repeat(1_025) } })],
    ['PutItemCommand', item({ sk: { S: '' } })],
    ['PutItemCommand', item({ n: { N: '1e-300' } })],
    ['PutItemCommand', item({ n: { N: '1e308' } })],
    ['PutItemCommand', item({ n: { N: '1'.repeat(39) } })],
    ['PutItemCommand', item({ s: { S: 'x'.repeat(410_000) } })],
    ['QueryCommand', query('s'.repeat(1_025))],
    ['GetItemCommand', { Key: { pk: { S: 'p' }, sk: { S: 's'.repeat(1_025) } } }],
    ['BatchGetItemCommand', { RequestItems: { t: { Keys: [{ pk: { S: '' }, sk: { S: 's' } }] } } }],
    ['TransactWriteItemsCommand', { TransactItems: Array.from({ length: 101 }, () => ({ Put: item({}) })) }],
  ];
  for (const [command, input] of refused)
    expect(limitProblem(command, input), JSON.stringify(input).slice(0, 80)).toBeDefined();
});
