import pLimit from 'p-limit';
import { z } from 'zod';
import { makeReseal, sealedSecretsIn } from '../../functions/catalog/endpoints/reseal.dynamo.ts';
import { makeCatalog } from '../../functions/catalog/commit.dynamo.ts';
import { makeResealAnswer, sealedAnswerIn } from '../../functions/idempotency/reseal.dynamo.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import { PutCommand } from '../../functions/platform/dynamodb/commands.ts';
import { controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { scanSegment, scanTable } from '../../functions/platform/dynamodb/segment-scan.ts';
import { getRow } from '../../functions/platform/dynamodb/table.ts';
import type { Row } from '../../functions/platform/dynamodb/table.ts';
import { makeSeal } from '../../functions/platform/secrets/seal.ts';

/** Rows of a page, and rows that are sealed again at a time. */
const PAGE = 250;
const AT_ONCE = 10;
const WHOLE = { number: 0, of: 1 };

export interface Tables {
  readonly client: DynamoClient;
  readonly catalog: string;
  readonly control: string;
}

/** One kind of sealed values: where they are, and how one row is sealed again. */
interface Kind {
  readonly name: 'endpoint secrets' | 'stored answers';
  readonly table: string;
  readonly sealedIn: (row: Row) => readonly Uint8Array[];
  readonly isNewest: (sealed: Uint8Array) => boolean;
  readonly reseal: (row: Row) => Promise<boolean>;
}

const kindsOf = ({ client, catalog, control }: Tables, versions: readonly string[]): readonly Kind[] => {
  const secrets = makeSeal(versions);
  const answers = makeSeal(versions, 'answer');
  const reseal = makeReseal(makeCatalog(client, catalog), secrets);
  return [
    {
      ...{ name: 'endpoint secrets', table: catalog, sealedIn: sealedSecretsIn },
      isNewest: (sealed) => secrets.isNewest(sealed),
      reseal: (row) => reseal({ pk: String(row['pk']), sk: String(row['sk']) }),
    },
    {
      ...{ name: 'stored answers', table: control },
      sealedIn: (row) => [sealedAnswerIn(row)].filter((one) => one !== undefined),
      isNewest: (sealed) => answers.isNewest(sealed),
      reseal: makeResealAnswer(client, control, answers),
    },
  ];
};

const isOld = ({ sealedIn, isNewest }: Kind, row: Row): boolean =>
  sealedIn(row).some((sealed) => !isNewest(sealed));

/** How far the job came with one kind under one main secret. */
const progress = z.object({ version: z.string(), after: z.string().optional(), done: z.boolean() });

interface JobDeps extends Tables {
  /** Newest first. */
  readonly versions: readonly string[];
  /** The name of the newest version. */
  readonly version: string;
  readonly stopped: () => boolean;
  readonly say: (text: string) => void;
}

const placeOf = ({ control }: Tables, { name }: Kind) => ({
  table: control,
  key: controlKeys.reencryption(name),
});

const readProgress = async (deps: JobDeps, kind: Kind): Promise<z.output<typeof progress>> => {
  const row = await getRow(deps.client, placeOf(deps, kind));
  const known = progress.safeParse(row);
  return known.success && known.data.version === deps.version
    ? known.data
    : { version: deps.version, done: false };
};

const writeProgress = async (deps: JobDeps, kind: Kind, now: z.output<typeof progress>): Promise<void> => {
  const { table, key } = placeOf(deps, kind);
  await deps.client.send(
    new PutCommand({ TableName: table, Item: { ...key, v: 1, type: 'reencryption', ...now } }),
  );
};

/** Whether a rotation to the newest version has begun to seal values again and did not end. */
export const isUnfinished = async (deps: JobDeps): Promise<boolean> => {
  for (const kind of kindsOf(deps, deps.versions)) {
    const known = progress.safeParse(await getRow(deps.client, placeOf(deps, kind)));
    if (known.success && known.data.version === deps.version && !known.data.done) return true;
  }
  return false;
};

/** Marks the job as begun, so that a repeat of the command resumes it. */
export const begin = async (deps: JobDeps): Promise<void> => {
  for (const kind of kindsOf(deps, deps.versions))
    await writeProgress(deps, kind, { version: deps.version, done: false });
};

/**
 * Seals every value again that an older main secret sealed, page by page, and stores its position: the same call resumes
 * after a stop or a crash. Returns the rows that failed; false: it was stopped.
 */
export const reencrypt = async (deps: JobDeps): Promise<readonly string[] | false> => {
  const failures: string[] = [];
  const limit = pLimit(AT_ONCE);
  for (const kind of kindsOf(deps, deps.versions)) {
    let { after, done } = await readProgress(deps, kind);
    let count = 0;
    while (!done) {
      if (deps.stopped()) return false;
      const { items, next } = await scanSegment(deps.client, kind.table, WHOLE, { after, limit: PAGE });
      const sealed = await Promise.allSettled(
        items.filter((row) => isOld(kind, row)).map((row) => limit(() => kind.reseal(row))),
      );
      for (const one of sealed) {
        if (one.status === 'rejected') failures.push(`${kind.name}: ${String(one.reason)}`);
        else if (one.value) count += 1;
      }
      after = next;
      done = next === undefined;
      await writeProgress(deps, kind, {
        version: deps.version,
        done: done && failures.length === 0,
        ...(after === undefined ? {} : { after }),
      });
    }
    deps.say(`${kind.name}: encrypted ${count} again with version ${deps.version}.`);
  }
  return failures;
};

/** The number of rows whose values are sealed with older versions, by kind. */
export const countOld = async (
  tables: Tables,
  versions: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const kind of kindsOf(tables, versions)) {
    let count = 0;
    for await (const rows of scanTable(tables.client, kind.table))
      count += rows.filter((row) => isOld(kind, row)).length;
    counts[kind.name] = count;
  }
  return counts;
};
