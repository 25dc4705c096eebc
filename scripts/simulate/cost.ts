import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import { HEADER_BYTES, IDLE_MONTH_DOLLARS, STORED_BYTES } from './model/measured.ts';
import { PRICES, UNIT_PRICES } from './model/prices.ts';
import type { Simulation } from './pipeline/simulation.ts';
import type { Scenario } from './scenario.ts';

const MILLION = 1_000_000;
const GB = 1_000_000_000;
const MONTH_DAYS = 30;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Memory by the name of a function in the simulation. */
const MEMORY: Readonly<Record<string, number>> = {
  publish: FUNCTION_MEMORY_MB.api,
  fanOut: FUNCTION_MEMORY_MB.fanOut,
  project: FUNCTION_MEMORY_MB.project,
};

export interface Cost {
  readonly perMillion: number;
  readonly monthlyMessages: number;
  readonly perMonth: number;
  /** Per million messages, by service. */
  readonly by: Readonly<Record<string, number>>;
}

/** SQS: Lambda's receives and deletes of each batch, ten messages in a call. */
const pollerRequests = (simulation: Simulation): number =>
  sum(
    Object.values(simulation.sources).map((source) => {
      const { batches, received } = source.use();
      return 2 * Math.max(batches, received / 10);
    }),
  );

/** List price of the messages of a run at the batches that it had, and of a month of such messages. */
export const costOf = (simulation: Simulation, scenario: Scenario, users: number): Cost => {
  const { units, functions, tables } = simulation;
  const { accepted, attempts } = simulation.ledger.counts();
  const of = (total: number) => (accepted === 0 ? 0 : (total * MILLION) / accepted);
  const uses = Object.entries(functions).map(([name, { use }]) => ({ name, ...use() }));
  const tableUses = Object.values(tables).map(({ use }) => use());
  const { rowRetentionDays } = scenario.stage;
  const storedGb = (units.storedBytes / GB) * (rowRetentionDays / MONTH_DAYS);
  const storage = PRICES.dynamoDbGbMonth + STORED_BYTES.backedUpShare * PRICES.dynamoDbBackupGbMonth;
  const by = {
    'API Gateway': of(units.apiRequests * PRICES.httpApiRequest),
    'Lambda requests': of(sum(uses.map(({ invocations }) => invocations)) * PRICES.lambdaRequest),
    'Lambda time': of(
      sum(
        uses.map(
          ({ name, busyMs }) =>
            (busyMs / 1_000) *
            ((MEMORY[name] ?? FUNCTION_MEMORY_MB.delivery) / 1_024) *
            PRICES.lambdaGbSecond,
        ),
      ),
    ),
    'DynamoDB writes': of(sum(tableUses.map(({ writes }) => writes)) * UNIT_PRICES.write),
    'DynamoDB reads': of(sum(tableUses.map(({ reads }) => reads)) * UNIT_PRICES.read),
    SQS: of(
      (units.sqsRequests + pollerRequests(simulation)) * UNIT_PRICES.sqsRequests +
        units.sqsFairRequests * UNIT_PRICES.sqsFairRequests,
    ),
    EventBridge: of(units.events * UNIT_PRICES.events),
    S3: of(units.s3Puts * UNIT_PRICES.s3Puts + units.s3Gets * UNIT_PRICES.s3Gets),
    Logs: of((units.logBytes / GB) * PRICES.logGb),
    Egress: of(((units.egressBytes + attempts * HEADER_BYTES) / GB) * PRICES.egressGb),
    Storage: of(storedGb * storage),
  };
  const perMillion = sum(Object.values(by));
  const monthlyMessages = users * scenario.messagesPerUserPerDay * MONTH_DAYS;
  return {
    perMillion,
    monthlyMessages,
    perMonth: IDLE_MONTH_DOLLARS + (perMillion * monthlyMessages) / MILLION,
    by,
  };
};
