import { appendFile, mkdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { privateDir } from '../local/paths.ts';
import type { Filter } from './filter.ts';

/** A year: longer than anybody asks who replayed what. */
const LIFE_SECONDS = 366 * 86_400;
const VERSION = 1;
const auditFile = join(privateDir, 'audit.jsonl');

export interface Deed {
  readonly stage: string;
  readonly queue: string;
  readonly deed: 'replayed' | 'discarded';
  readonly deadLetters: number;
  readonly filter: Filter;
}

/** As the computer knows the person; CloudTrail has the AWS side of it. */
const who = () => `${userInfo().username}@${hostname()}`;

/** Writes down who did what: a line in `file`, an item in Control. Answers the line. */
export const writeDown = async (
  deed: Deed,
  { dynamo, control, now, file = auditFile }: Audit,
): Promise<string> => {
  const at = new Date(now).toISOString();
  const entry = { at, who: who(), ...deed };
  const line = JSON.stringify(entry);
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${line}\n`, { mode: 0o600 });
  const key = controlKeys.audit(at.slice(0, 10), `${at}#${process.pid}`);
  const ttl = Math.ceil(now / 1000) + LIFE_SECONDS;
  await dynamo.send(
    new PutItemCommand({
      TableName: control,
      Item: marshall({ ...key, v: VERSION, type: 'audit', ...entry, ttl }, { removeUndefinedValues: true }),
    }),
  );
  return line;
};

export interface Audit {
  readonly dynamo: DynamoDBDocumentClient;
  readonly control: string;
  readonly now: number;
  readonly file?: string;
}
