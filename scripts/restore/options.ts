import { InvalidArgumentError } from 'commander';
import { STAGE_OPTION, npmCommand, parseInstant } from '../local/command-line.ts';
import { STATE_TABLES, isTableName } from './state-tables.ts';
import type { TableName } from './state-tables.ts';

export interface RestoreOptions {
  readonly stage: string;
  /** The instant (ms since 1970) to restore to; absent: the latest. */
  readonly at?: number;
  readonly tables: readonly TableName[];
  /** Backups of tables that no longer exist, by their ARN. */
  readonly backups: Readonly<Partial<Record<TableName, string>>>;
  /** Tables that are made empty, because nothing backs them up. */
  readonly empty: readonly TableName[];
  readonly yes: boolean;
}

const parseTables = (text: string): readonly TableName[] => {
  const names = text.split(',').filter((name) => name !== '');
  const found = names.filter(isTableName);
  if (found.length === names.length && found.length > 0) return found;
  throw new InvalidArgumentError(`Expected some of ${Object.keys(STATE_TABLES).join(',')}.`);
};

const parseBackup = (text: string, before: RestoreOptions['backups']): RestoreOptions['backups'] => {
  const [, name = '', arn = ''] = /^([a-z]+)=(arn:.+:table\/.+\/backup\/.+)$/.exec(text) ?? [];
  if (isTableName(name)) return { ...before, [name]: arn };
  throw new InvalidArgumentError('Expected TABLE=ARN with the ARN of a backup.');
};

interface Given {
  readonly stage: string;
  readonly at?: number;
  readonly tables?: readonly TableName[];
  readonly backup: RestoreOptions['backups'];
  readonly empty?: readonly TableName[];
  readonly yes: boolean;
}

const BACKED_UP: readonly TableName[] = ['catalog', 'messages', 'deliveries'];

/** Parses the arguments of `npm run restore -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseRestoreOptions = (args: readonly string[], nowMs: number): RestoreOptions => {
  const { at, tables, backup, empty, ...rest } = npmCommand(
    'npm run restore --',
    'Makes new tables from the backups of a stage, and prints the stage options with which its next deployment uses them.',
  )
    .option('--at <time>', 'point in time: 15m, 2h, 3d ago or an instant; absent: the latest', (text) =>
      parseInstant(text, nowMs),
    )
    .option('--tables <names>', `tables to restore (default: ${BACKED_UP.join(',')})`, parseTables)
    .option('--backup <table=arn>', 'restore a table that no longer exists from this backup', parseBackup, {})
    .option('--empty <names>', 'tables that no longer exist and have no backup: views, control', parseTables)
    .option(...STAGE_OPTION, 'local')
    .option('--yes', 'make the tables; without it the command only says what it would do', false)
    .parse([...args], { from: 'user' })
    .opts<Given>();
  const lost = new Set<TableName>([...Object.keys(backup).filter(isTableName), ...(empty ?? [])]);
  return {
    ...rest,
    ...(at === undefined ? {} : { at }),
    tables: (tables ?? BACKED_UP).filter((name) => !lost.has(name)),
    backups: backup,
    empty: empty ?? [],
  };
};
