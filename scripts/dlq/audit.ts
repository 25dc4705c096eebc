import { appendFile, mkdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { PutCommand } from '../../functions/platform/dynamodb/commands.ts';
import { privateDir } from '../local/paths.ts';
import type { CommandProcess } from '../local/run-command.ts';
import type { Filter } from './filter.ts';
import type { Stage } from './stage.ts';

/** A year: questions about who replayed what come within months. */
const TTL_SECONDS = 366 * 86_400;
const VERSION = 1;

/** What the commands that are audited use of their process. */
export interface Terminal extends Pick<CommandProcess, 'say' | 'now' | 'signal'> {
  /** The file of the audit log; absent: that of this checkout. */
  readonly auditFile?: string;
}

type AuditedAction =
  | {
      readonly queue: string;
      readonly action: 'replayed' | 'discarded';
      readonly deadLetters: number;
      readonly filter: Filter;
    }
  | {
      readonly action: 'wiped';
      readonly tenant: string;
      readonly rows: number;
      readonly objects: number;
    };

/** The operator by the names of the operating system; CloudTrail records the IAM identity. */
const operator = () => `${userInfo().username}@${hostname()}`;

/** Appends who did what as a JSON line to the audit log and puts it into the Control table. */
export const recordAudit = async (
  { name: stage, dynamo, get }: Stage,
  action: AuditedAction,
  { now, auditFile = join(privateDir, 'audit.jsonl') }: Terminal,
): Promise<void> => {
  const nowMs = now();
  const at = new Date(nowMs).toISOString();
  const entry = { at, who: operator(), stage, ...action };
  await mkdir(dirname(auditFile), { recursive: true });
  await appendFile(auditFile, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  const key = controlKeys.audit(at.slice(0, 10), `${at}#${process.pid}`);
  const ttl = Math.ceil(nowMs / 1000) + TTL_SECONDS;
  await dynamo.send(
    new PutCommand({
      TableName: get('ControlTableName'),
      Item: { ...key, v: VERSION, type: 'audit', ...entry, ttl },
    }),
  );
};
