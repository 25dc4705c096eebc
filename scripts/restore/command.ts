import { HOUR_MS } from '../../functions/platform/limits/time.domain.ts';
import type { Stage } from '../dlq/stage.ts';
import { Problem } from '../local/problem.ts';
import type { CommandProcess } from '../local/run-command.ts';
import { beginTable, copyRows, describeTable } from './make-table.ts';
import type { Origin, Planned } from './make-table.ts';
import type { RestoreOptions } from './options.ts';
import { isTableName, stateTable } from './state-tables.ts';
import type { TableName } from './state-tables.ts';
import { switchOn } from './switch-on.ts';

type Terminal = Pick<CommandProcess, 'say' | 'now' | 'sleep' | 'stopped'>;

/** What the stage option `tables` says about one table. */
export interface TableOption {
  readonly name: string;
  readonly streamArn?: string;
  readonly lost?: true;
}

export type TableOptions = Readonly<Partial<Record<TableName, TableOption>>>;

const POLL_MS = 10_000;
/** A large table takes hours; the command can be repeated meanwhile. */
const LONGEST_MS = 12 * HOUR_MS;

/** Names are the same for the same instant, so that a repeat goes on with the tables that it has begun. */
const targetOf = (stage: string, name: TableName, atMs: number): string =>
  `posthorn-${stage}-${name}-${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;

const plan = (stage: Stage, options: RestoreOptions, at: number): readonly Planned[] => {
  const planned = (name: TableName, origin: Origin): Planned => ({
    ...{ name, origin },
    source: stage.get(stateTable(name).output),
    target: targetOf(stage.name, name, at),
  });
  return [
    ...options.tables.map((name) => planned(name, { kind: stage.isEmulated ? 'copy' : 'point-in-time' })),
    ...Object.entries(options.backups).flatMap(([name, arn]) =>
      isTableName(name) ? [planned(name, { kind: 'backup', arn })] : [],
    ),
    ...options.empty.map((name) => planned(name, { kind: 'empty' })),
  ];
};

const DESCRIPTIONS: Readonly<Record<Origin['kind'], string>> = {
  'point-in-time': 'from its point-in-time backups',
  copy: 'by a copy, since emulators have no backups: a rehearsal, not a restore',
  backup: 'from the backup that you name',
  empty: 'empty',
};

const waiter =
  (stage: Stage, { say, now, sleep, stopped }: Terminal) =>
  async (table: string): Promise<void> => {
    const until = now() + LONGEST_MS;
    for (let round = 0; ; round += 1) {
      const status = (await describeTable(stage.tables, table))?.TableStatus;
      if (status === 'ACTIVE') return;
      if (stopped()) throw new Problem('Stopped. Run the same command with the same --at again to go on.');
      if (now() >= until)
        throw new Problem(`${table} is not active after twelve hours; run the command again.`);
      if (round % 6 === 0) say(`  ${table}: ${status ?? 'not visible yet'}`);
      await sleep(POLL_MS);
    }
  };

const checkSources = async (stage: Stage, planned: readonly Planned[]): Promise<void> => {
  for (const { name, source, origin } of planned) {
    const exists = (await describeTable(stage.tables, source)) !== undefined;
    if (!exists && origin.kind !== 'backup' && origin.kind !== 'empty')
      throw new Problem(
        `The table ${source} no longer exists. Restore it with --backup ${name}=ARN (aws dynamodb list-backups --backup-type ALL), or with --empty ${name}.`,
      );
  }
};

const NEXT = (stage: string, options: TableOptions, isLost: boolean): string => `
Put this into stages/${stage}.jsonc, next to its other options:

  "tables": ${JSON.stringify(options, null, 2).replaceAll('\n', '\n  ')},

Then:
${isLost ? `  npx cdk destroy posthorn-${stage}-service -c stage=${stage}   # it imports attributes of a table that is gone; queues are kept\n` : ''}  npx cdk deploy --all -c stage=${stage}
  npm run rebuild -- --stage ${stage}                          # read models follow the restored log
  npm run reconcile -- --stage ${stage} --since 3d             # accepted messages without a delivery
  npm run reconcile -- --stage ${stage} --since 3d --fix`;

/**
 * Makes new tables from the backups of a stage, switches on what restored tables lack, and prints the stage options with
 * which the next deployment uses them. Changes no table of the stage. Repeating it with the same `--at` goes on.
 */
export const restore = async (
  stage: Stage,
  options: RestoreOptions,
  terminal: Terminal,
): Promise<TableOptions> => {
  const { say } = terminal;
  // Without an instant the names have the current hour: a repeat within it goes on.
  const at = options.at ?? Math.floor(terminal.now() / HOUR_MS) * HOUR_MS;
  const planned = plan(stage, options, at);
  say(
    options.at === undefined
      ? 'Restoring to the latest point in time. A repeat within this hour goes on.'
      : `Restoring to ${new Date(at).toISOString()}. A repeat with --at ${new Date(at).toISOString()} goes on.`,
  );
  for (const { name, target, origin } of planned) say(`${name}: ${target}, ${DESCRIPTIONS[origin.kind]}`);
  await checkSources(stage, planned);
  if (!options.yes) {
    say('Nothing was made: repeat with --yes.');
    return {};
  }
  for (const one of planned)
    if ((await describeTable(stage.tables, one.target)) === undefined)
      await beginTable(stage.tables, one, options.at);
  const untilActive = waiter(stage, terminal);
  const made: Partial<Record<TableName, TableOption>> = {};
  for (const { name, source, target, origin } of planned) {
    await untilActive(target);
    if (origin.kind === 'copy')
      say(`  ${target}: ${await copyRows(stage.dynamo, source, target)} rows copied`);
    const original = await describeTable(stage.tables, source);
    const streamArn = await switchOn({ client: stage.tables, untilActive }, stateTable(name), {
      ...{ target, source },
      protect: original?.DeletionProtectionEnabled ?? true,
    });
    made[name] = {
      name: target,
      ...(streamArn === undefined ? {} : { streamArn }),
      ...(original === undefined ? { lost: true } : {}),
    };
    say(`  ${target}: ready`);
  }
  say(
    NEXT(
      stage.name,
      made,
      Object.values(made).some(({ lost }) => lost === true),
    ),
  );
  return made;
};
