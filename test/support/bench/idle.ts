import { SHAPES } from '../../infra/shapes.ts';
import { billedMs, countedOf, priceOfTime, timesOf } from './bill.ts';
import { invoke, isDeployed } from './functions-of-stack.ts';
import { MEMORY_MB } from './functions.ts';
import { PRICES, UNIT_PRICES } from './prices.ts';
import { count, startRecording } from './recorded.ts';
import type { Invocation } from './recording/invocation.ts';
import { table } from './report.ts';

const MONTH_SECONDS = 30 * 86_400;
/** Lambda keeps five connections to a queue open that ask every 20 s (Lambda Developer Guide, SQS event source). */
const POLLERS = 5;
const POLL_SECONDS = 20;
const RUNS = 5;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, any>>;
}

/** Resources of a stage on AWS as it is by default, by logical id. */
const resources = (): readonly (readonly [string, Resource])[] => {
  const templates = Object.values(SHAPES['HTTP API, state kept']!().templates) as {
    readonly Resources: Readonly<Record<string, Resource>>;
  }[];
  return templates.flatMap((template) => Object.entries(template.Resources));
};

/** A function that a rule of the clock runs. */
interface ByTheClock {
  readonly id: string;
  readonly name: string;
  readonly everySeconds: number;
}

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

const functionsByTheClock = (all: ReturnType<typeof resources>): readonly ByTheClock[] => {
  const names = new Map(all.map(([id, { Properties }]) => [id, Properties?.['FunctionName']]));
  return all.flatMap(([, { Properties }]) => {
    const schedule: string | undefined = Properties?.['ScheduleExpression'];
    if (schedule === undefined) return [];
    const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
    const id: string = Properties?.['Targets']?.[0]?.Arn?.['Fn::GetAtt']?.[0];
    // posthorn-<stage>-<name>
    const [, name] = /^posthorn-[^-]+-(.+)$/.exec(String(names.get(id))) ?? [];
    if (count === undefined || name === undefined) throw new Error(`The benchmark cannot read ${schedule}`);
    return [{ id, name, everySeconds: Number(count) * SECONDS[unit]! }];
  });
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
  const { units, logBytes } = countedOf(await runs(name), 1);
  await count(false);
  const timed = (await runs(name)).filter(({ cold }) => !cold);
  await count(true);
  const ms = billedMs(name, timesOf(timed, 1)) / Math.max(1, timed.length);
  return (
    ((units.write ?? 0) * UNIT_PRICES.write + (units.read ?? 0) * UNIT_PRICES.read) / RUNS +
    ((logBytes / 1_000_000_000) * PRICES.logGb) / RUNS +
    PRICES.lambdaRequest +
    priceOfTime(ms, MEMORY_MB[name] ?? 0)
  );
};

/** What a stage costs in a month without a message, by line. Free tiers left out; backups and storage hold nothing yet. */
export const idleMonth = async (): Promise<string> => {
  const all = resources();
  const ofType = (type: string) => all.filter(([, { Type }]) => Type === type);
  const many = (type: string) => ofType(type).length;
  const queueMappings = ofType('AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties }]) => Properties?.['ScalingConfig'] !== undefined,
  ).length;
  const byTheClock = functionsByTheClock(all);
  const metrics = ofType('AWS::CloudWatch::Alarm').filter(
    ([, { Properties }]) =>
      Properties?.['Namespace'] === 'Posthorn' &&
      byTheClock.some(({ id }) => JSON.stringify(Properties['Dimensions']).includes(`{"Ref":"${id}"}`)),
  ).length;
  const receives = queueMappings * POLLERS * (MONTH_SECONDS / POLL_SECONDS);
  const clock = [];
  // One after another: each records what all functions do.
  for (const { name, everySeconds } of byTheClock) {
    const isCounted = await isDeployed(name);
    const dollars = isCounted ? await priceOfRun(name) : PRICES.lambdaRequest;
    clock.push({
      name: `function ${name}`,
      dollars: (MONTH_SECONDS / everySeconds) * dollars,
      what: isCounted
        ? `a run each ${everySeconds} s, counted: units, time and log bytes of one that finds nothing`
        : `a run each ${everySeconds} s, its request alone: the emulator does not have it`,
    });
  }
  const lines = [
    {
      name: 'SQS long polls of Lambda',
      dollars: receives * UNIT_PRICES.sqsRequests,
      what: `${queueMappings} queues, ${POLLERS} connections, ${POLL_SECONDS} s each`,
    },
    ...clock,
    {
      name: 'CloudWatch metrics',
      dollars: metrics * PRICES.metricMonth,
      what: `${metrics} that functions write by the clock; others cost nothing without messages`,
    },
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
