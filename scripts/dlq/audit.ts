import { appendFile, mkdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { privateDir } from '../local/paths.ts';
import type { Filter } from './filter.ts';
import { PutCommand } from '../../functions/platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';

/** A year: questions about who replayed what come within months. */
const TTL_SECONDS = 366 * 86_400;
const VERSION = 1;
const auditFile = join(privateDir, 'audit.jsonl');

type AuditedAction =
  | {
      readonly stage: string;
      readonly queue: string;
      readonly action: 'replayed' | 'discarded';
      readonly deadLetters: number;
      readonly filter: Filter;
    }
  | {
      readonly stage: string;
      readonly action: 'wiped';
      readonly tenant: string;
      readonly rows: number;
      readonly objects: number;
    };

/** The operator by the names of the operating system; CloudTrail records the IAM identity. */
const operator = () => `${userInfo().username}@${hostname()}`;

/** Appends who did what as a JSON line to `file` and puts it into the Control table. Returns the line. */
export const recordAudit = async (
  action: AuditedAction,
  { dynamo, control, now, file = auditFile }: Audit,
): Promise<string> => {
  const at = new Date(now).toISOString();
  const entry = { at, who: operator(), ...action };
  const line = JSON.stringify(entry);
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${line}\n`, { mode: 0o600 });
  const key = controlKeys.audit(at.slice(0, 10), `${at}#${process.pid}`);
  const ttl = Math.ceil(now / 1000) + TTL_SECONDS;
  await dynamo.send(
    new PutCommand({
      TableName: control,
      Item: { ...key, v: VERSION, type: 'audit', ...entry, ttl },
    }),
  );
  return line;
};

export interface Audit {
  readonly dynamo: DynamoClient;
  readonly control: string;
  /** ms since 1970 */
  readonly now: number;
  readonly file?: string;
}
