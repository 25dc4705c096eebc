import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { machine } from '../../../scripts/local/machine.ts';
import { privateDir } from '../../../scripts/local/paths.ts';
import { billedMs, priceOf, priceOfTime, storagePriceOf, total } from './bill.ts';
import type { Counted, RowsOfKind, Times } from './bill.ts';
import { MEMORY_MB } from './functions.ts';
import { BUDGETS, FAILING_PEERS, PEERS, PRICES_READ } from './prices.ts';

/** What was counted and measured for one scenario. */
export interface Measured {
  readonly name: string;
  readonly counted: Counted;
  readonly times: Times;
}

const sum = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((all, value) => all + value, 0);

const round = (value: number, digits = 2): string => value.toFixed(digits);

/** A table in Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `| ${head.map((_, index) => (index === 0 ? '---' : '---:')).join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');

const awsCalls = ({ calls }: Counted) => sum(calls);

const unitsRow = ({ name, counted, times }: Measured): readonly string[] => {
  const each = (value: number) => round(value / counted.messages);
  const own = (value: number) => round(value / times.messages);
  const billed = Object.keys(times.wallMs).reduce((all, one) => all + billedMs(one, times), 0);
  return [
    name,
    each(counted.units.write ?? 0),
    each(counted.units.read ?? 0),
    each(awsCalls(counted)),
    each(sum(counted.invocations)),
    own(sum(times.cpuMs)),
    own(billed),
    each(counted.logBytes),
  ];
};

export const unitsTable = (all: readonly Measured[]): string =>
  table(
    [
      'per message',
      'write units',
      'read units',
      'AWS calls',
      'invocations',
      'CPU ms here',
      'billed ms there',
      'log bytes',
    ],
    all.map(unitsRow),
  );

/** Two digits, and more where there would be no other than zeros. */
const brief = (value: number): string =>
  Number(value >= 0.005 ? value.toFixed(2) : value.toPrecision(1)).toLocaleString('en-US');

/** Units of each kind of row, the largest first. */
const byKind = ({ rows, messages }: Counted, of: (row: RowsOfKind) => number): string =>
  [...Map.groupBy(rows, ({ kind }) => kind)]
    .map(([kind, some]) => ({ kind, units: some.reduce((all, row) => all + of(row), 0) / messages }))
    .filter(({ units }) => units > 0)
    .toSorted((left, right) => right.units - left.units)
    .map(({ kind, units }) => `${kind} ${brief(units)}`)
    .join(', ') || 'none';

/** Where the units of DynamoDB go: by the kind of the rows that are written and read. */
export const rowsTable = (all: readonly Measured[]): string =>
  table(
    [
      'units of DynamoDB per message',
      'written by kind of row',
      'of these without a change',
      'read by kind of row',
      'records received again',
    ],
    all.map(({ name, counted }) => [
      name,
      byKind(counted, ({ write }) => write),
      byKind(counted, ({ unchanged }) => unchanged),
      byKind(counted, ({ read }) => read),
      brief(counted.receivedAgain / counted.messages),
    ]),
  );

/** What kinds of rows are for that not every message has. */
export const ROW_NOTES = [
  '`message of the endpoint`: for a delivery that failed, was repeated, or began more than ten seconds after its message.',
  'The last is so in a backlog, or on a slow machine, where counting makes deliveries slower still.',
  '`dirty hour`: one attempt in 62 marks its hour for the statistics. `attempt in the index by time`: of a message with more than',
  '400 expected attempts. `application with its endpoints` and `settings`: read anew by a process that starts.',
].join(' ');

export const priceTable = (all: readonly Measured[]): string => {
  const services = Object.keys(priceOf(all[0]!.counted, all[0]!.times));
  return table(
    ['dollars per million messages', ...services, 'total'],
    all.map(({ name, counted, times }) => {
      const price = priceOf(counted, times);
      return [name, ...services.map((service) => round(price[service] ?? 0)), round(total(price))];
    }),
  );
};

export const peersTable = (): string =>
  table(
    ['others, dollars per million messages', 'price', 'source'],
    [...PEERS, ...FAILING_PEERS].map(({ name, dollars, source }) => [name, round(dollars), source]),
  );

type BudgetRow = readonly [what: string, of: (one: Measured) => number, budget: number];

const ONE_BY_ONE = 'one endpoint, 1 KB, one by one';
const FULL_BATCHES = 'one endpoint, 1 KB, full batches';

const dollars = ({ counted, times }: Measured) => total(priceOf(counted, times));

/** What is budgeted of a scenario. */
const budgetsOf = (name: string): readonly BudgetRow[] => {
  const each = (of: (counted: Counted) => number) => (one: Measured) =>
    of(one.counted) / one.counted.messages;
  const writeUnits: BudgetRow = ['write units', each(({ units }) => units.write ?? 0), BUDGETS.writeUnits];
  const logBytes: BudgetRow = ['log bytes', each((counted) => counted.logBytes), BUDGETS.logBytes];
  const calls: BudgetRow = ['AWS calls', each(awsCalls), BUDGETS.callsAtFullBatches];
  const price = Object.entries(BUDGETS.dollars)
    .filter(([scenario]) => scenario === name)
    .map(([, budget]): BudgetRow => ['dollars per million', dollars, budget]);
  const storage: BudgetRow = [
    `dollars per million to store rows for ${BUDGETS.storedDays} days`,
    ({ counted }) => storagePriceOf(counted, BUDGETS.storedDays),
    BUDGETS.storageDollars,
  ];
  if (name === ONE_BY_ONE) return [...price, writeUnits, logBytes, storage];
  return name === FULL_BATCHES ? [...price, writeUnits, calls, logBytes] : price;
};

export const budgetTable = (all: readonly Measured[]): string =>
  table(
    ['budget', 'of a message', 'measured', 'budgeted'],
    all.flatMap((one) =>
      budgetsOf(one.name).map(([what, of, budget]) => [one.name, what, round(of(one)), String(budget)]),
    ),
  );

/** Row retention of a stage, in days. */
const RETENTIONS = [30, 90] as const;

export const storageTable = (all: readonly Measured[]): string =>
  table(
    [
      'dollars per million messages to store rows, with backups',
      'bytes a message',
      ...RETENTIONS.map((days) => `${days} days`),
    ],
    all.map(({ name, counted }) => [
      name,
      round(counted.storedBytes / counted.messages, 0),
      ...RETENTIONS.map((days) => round(storagePriceOf(counted, days))),
    ]),
  );

const MEMORIES_MB = [128, 256, 512, 1_024, 1_769] as const;

/** Billed milliseconds and dollars per million messages of each function, were it of another size. */
export const memoryTable = ({ name, times }: Measured): string =>
  table(
    [
      `ms and dollars per million, ${name}`,
      'size now',
      'CPU ms',
      'waiting ms',
      ...MEMORIES_MB.map((mb) => `${mb} MB`),
    ],
    Object.keys(times.wallMs).map((one) => {
      const own = (value: number) => value / times.messages;
      const cpu = own(times.cpuMs[one] ?? 0);
      const at = (mb: number) => {
        const ms = own(billedMs(one, times, mb));
        return `${round(ms, 1)} / ${round(priceOfTime(ms, mb) * 1_000_000)}`;
      };
      const waiting = Math.max(0, own(times.wallMs[one] ?? 0) - cpu);
      return [one, `${MEMORY_MB[one] ?? 0} MB`, round(cpu, 1), round(waiting, 1), ...MEMORIES_MB.map(at)];
    }),
  );

/** Where and when numbers are made. Call it before a run: times are those of a quiet machine only if it was quiet then. */
export const provenance = (): string =>
  [
    `${new Date().toISOString().slice(0, 10)}, ${machine()}`,
    `load ${round(loadavg()[0] ?? Number.NaN, 1)} before the run`,
    `list prices of us-east-1 read ${PRICES_READ}.`,
  ].join('; ');

/** Writes a file of this run beside the others of the benchmark; answers its path. */
export const save = async (name: string, text: string): Promise<string> => {
  const folder = process.env['BENCH_OUT'] ?? join(privateDir, 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

const DOCS = join(import.meta.dirname, '../../../docs');
const BEGIN = '<!-- price: BENCH_DOCS=true npm run bench -- price -->';
const END = '<!-- price: end -->';

/** Replaces the tables and the chart of docs/performance.md by those of this run. */
export const publishToDocs = async (text: string, svg: string): Promise<void> => {
  const page = join(DOCS, 'performance.md');
  const before = await readFile(page, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md must have ${BEGIN} and then ${END}.`);
  const chart = '![Dollars per million messages by service](images/price.svg)';
  const after = `${before.slice(0, from)}${BEGIN}\n\n${text}\n\n${chart}\n\n${before.slice(to)}`;
  const options = await resolveConfig(page);
  await writeFile(page, await format(after, { ...options, filepath: page }));
  await mkdir(join(DOCS, 'images'), { recursive: true });
  await writeFile(join(DOCS, 'images/price.svg'), `${svg}\n`);
};
