import { SWEEP_EVERY_SECONDS } from '../../../functions/platform/limits/sweep.domain.ts';
import { SHAPES } from '../../infra/shapes.ts';
import { billedMs, countedOf, priceOfTime, timesOf } from './bill.ts';
import { invoke } from './functions-of-stack.ts';
import { MEMORY_MB } from './functions.ts';
import { PRICES, UNIT_PRICES } from './prices.ts';
import { count, startRecording } from './recorded.ts';
import type { Invocation } from './recording/invocation.ts';
import { table } from './report.ts';

const MONTH_SECONDS = 30 * 86_400;
/** Lambda keeps five connections to a queue open that ask every 20 s (Lambda Developer Guide, SQS event source). */
const POLLERS = 5;
const POLL_SECONDS = 20;
/** Rules of the clock, and how often each runs its function. */
const BY_THE_CLOCK: Readonly<Record<string, number>> = {
  sweep: SWEEP_EVERY_SECONDS,
  'update-hourly-statistics': 600,
};
const RUNS = 5;

/** Resources of a stage on AWS as it is by default, by type. */
const resources = (): ReadonlyMap<string, readonly object[]> => {
  const templates = Object.values(SHAPES['HTTP API, state kept']!().templates) as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  }[];
  return Map.groupBy(
    templates.flatMap(({ Resources }) => Object.values(Resources)),
    ({ Type }) => Type,
  );
};

const runs = async (name: string): Promise<readonly Invocation[]> => {
  const recording = startRecording();
  for (let run = 0; run < RUNS; run += 1) await invoke(name);
  return (await recording.end()).filter((one) => one.function === name);
};

/** Dollars of one run of a function that finds nothing to do. */
const priceOfRun = async (name: string): Promise<number> => {
  await count(true);
  await runs(name);
  const { units } = countedOf(await runs(name), 1);
  await count(false);
  const timed = (await runs(name)).filter(({ cold }) => !cold);
  await count(true);
  const ms = billedMs(name, timesOf(timed, 1)) / Math.max(1, timed.length);
  return (
    ((units.write ?? 0) * UNIT_PRICES.write + (units.read ?? 0) * UNIT_PRICES.read) / RUNS +
    PRICES.lambdaRequest +
    priceOfTime(ms, MEMORY_MB[name] ?? 0)
  );
};

/** What a stage costs in a month without a message, by line. Free tiers left out; backups and storage hold nothing yet. */
export const idleMonth = async (): Promise<string> => {
  const all = resources();
  const many = (type: string) => all.get(type)?.length ?? 0;
  const queueMappings = (all.get('AWS::Lambda::EventSourceMapping') ?? []).filter((one) =>
    JSON.stringify(one).includes('ScalingConfig'),
  ).length;
  const receives = queueMappings * POLLERS * (MONTH_SECONDS / POLL_SECONDS);
  const clock = await Promise.all(
    Object.entries(BY_THE_CLOCK).map(async ([name, seconds]) => ({
      name: `function ${name}`,
      dollars: (MONTH_SECONDS / seconds) * (await priceOfRun(name)),
      what: `a run each ${seconds} s, counted: calls, units and time of one that finds nothing`,
    })),
  );
  const lines = [
    {
      name: 'SQS long polls of Lambda',
      dollars: receives * UNIT_PRICES.sqsRequests,
      what: `${queueMappings} queues, ${POLLERS} connections, ${POLL_SECONDS} s each`,
    },
    ...clock,
    {
      name: 'CloudWatch alarms',
      dollars: many('AWS::CloudWatch::Alarm') * PRICES.alarmMonth,
      what: `${many('AWS::CloudWatch::Alarm')} alarms`,
    },
    {
      name: 'CloudWatch dashboard',
      dollars: many('AWS::CloudWatch::Dashboard') * PRICES.dashboardMonth,
      what: 'an option of the stage; three are free',
    },
    {
      name: 'Secrets Manager',
      dollars: many('AWS::SecretsManager::Secret') * PRICES.secretMonth,
      what: `${many('AWS::SecretsManager::Secret')} secrets`,
    },
  ];
  const whole = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  return table(
    ['idle for a month', 'dollars', 'what'],
    [
      ...lines.map(({ name, dollars, what }) => [name, dollars.toFixed(2), what]),
      ['total', whole.toFixed(2), ''],
    ],
  );
};
