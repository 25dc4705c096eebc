import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { privateDir } from '../../../scripts/local/paths.ts';
import { billedMs, priceOf, total } from './bill.ts';
import type { Counted, Times } from './bill.ts';
import { PEERS, PRICES_READ } from './prices.ts';

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
    PEERS.map(({ name, dollars, source }) => [name, round(dollars), source]),
  );

export const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;

/** Where and when numbers were made. */
export const provenance = (): string =>
  `${new Date().toISOString().slice(0, 10)}, ${machine()}, Node ${process.version}; list prices of us-east-1 read ${PRICES_READ}.`;

/** Writes a file of this run beside the others of the benchmark; answers its path. */
export const save = async (name: string, text: string): Promise<string> => {
  const folder = process.env['BENCH_OUT'] ?? join(privateDir, 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};
