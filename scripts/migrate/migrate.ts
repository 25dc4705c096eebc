import { z } from 'zod';
import { Problem } from '../local/problem.ts';
import { ApiRefusal } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import type { Journal } from './journal.ts';
import {
  application,
  differences,
  endpoint,
  eventType,
  headers,
  headersPatch,
  page,
  secret,
  transformation,
} from './objects.ts';
import type { Application, Endpoint, EventType } from './objects.ts';
import type { Kind, ReportBook } from './report.ts';

export interface Migration {
  readonly source: ApiClient;
  readonly target: ApiClient;
  /** Id or uid of the only application to migrate. */
  readonly app: string | undefined;
  readonly dryRun: boolean;
  readonly update: boolean;
  readonly journal: Journal;
  readonly report: ReportBook;
  readonly say: (text: string) => void;
}

const PAGE = 100;
/** Ends a list whose iterator never ends. */
const MOST_PAGES = 100_000;

/** All items of a list. */
async function* list<T>(client: ApiClient, path: string, item: z.ZodType<T>): AsyncGenerator<T> {
  const joint = path.includes('?') ? '&' : '?';
  let iterator: string | undefined;
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const next = iterator === undefined ? '' : `&iterator=${encodeURIComponent(iterator)}`;
    const { data, done, ...after } = page.parse(
      await client.send('GET', `${path}${joint}limit=${PAGE}&order=ascending${next}`),
    );
    yield* data.map((one) => item.parse(one));
    if (done || after.iterator === null || after.iterator === undefined) return;
    iterator = after.iterator;
  }
  throw new Problem(`The ${client.side}'s list ${path} has no end.`);
}

/** The object at a path; undefined if there is none. */
const find = async <T>(client: ApiClient, path: string, item: z.ZodType<T>): Promise<T | undefined> => {
  try {
    return item.parse(await client.send('GET', path));
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
};

interface Pair {
  readonly kind: Kind;
  readonly name: string;
  /** Names of what differs at the target; null if the object is not there. */
  readonly different: readonly string[] | null;
  readonly create: () => Promise<unknown>;
  readonly overwrite: () => Promise<unknown>;
}

/** Creates the object, overwrites it or keeps it. */
const settle = async ({ dryRun, update, report }: Migration, pair: Pair): Promise<void> => {
  const { kind, name, different } = pair;
  if (different === null) {
    if (!dryRun) await pair.create();
    report.count(kind, 'created');
    return;
  }
  if (different.length === 0) {
    report.count(kind, 'same');
    return;
  }
  if (update) {
    if (!dryRun) await pair.overwrite();
    report.count(kind, 'updated');
    return;
  }
  report.count(kind, 'differs');
  report.notice({
    kind,
    name,
    text: `differs at the target and was kept: ${different.join(', ')} (--update overwrites)`,
  });
};

/** An object that the target refuses is reported; the others go on. */
const isolated = async ({ report }: Migration, kind: Kind, name: string, work: () => Promise<void>) => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiRefusal || error instanceof z.ZodError)) throw error;
    const text = error instanceof ApiRefusal ? error.message : z.prettifyError(error);
    report.fail({ kind, name, text });
  }
};

const EVENT_TYPES = '/event-type?with_content=true&include_archived=true';

const migrateEventTypes = async (migration: Migration): Promise<void> => {
  const { source, target } = migration;
  const known = new Map<string, EventType>();
  for await (const one of list(target, EVENT_TYPES, eventType)) known.set(one.name, one);
  for await (const expected of list(source, EVENT_TYPES, eventType)) {
    const found = known.get(expected.name);
    const { name, ...rest } = expected;
    await isolated(migration, 'event type', name, () =>
      settle(migration, {
        ...{ kind: 'event type', name },
        different: found === undefined ? null : differences(expected, found),
        create: () => target.send('POST', '/event-type', expected),
        overwrite: () => target.send('PUT', `/event-type/${encodeURIComponent(name)}`, rest),
      }),
    );
  }
};

/** Whether the source's endpoints can have transformations: servers without them refuse the first question. */
const makeTransformationCheck = ({ source, report }: Migration) => {
  let asked = true;
  return async (path: string, name: string): Promise<void> => {
    if (!asked) return;
    try {
      const { enabled } = transformation.parse(await source.send('GET', `${path}/transformation`));
      if (enabled)
        report.notice({ kind: 'endpoint', name, text: 'has a transformation, which is not migrated' });
    } catch (error) {
      if (!(error instanceof ApiRefusal || error instanceof z.ZodError || error instanceof Problem))
        throw error;
      asked = false;
    }
  };
};

interface Place {
  /** Paths of the application at the source and at the target. */
  readonly from: string;
  readonly to: string;
  /** Whether the application is at the target. */
  readonly exists: boolean;
  readonly uid: string;
}

const migrateEndpoint = async (migration: Migration, place: Place, expected: Endpoint): Promise<void> => {
  const { source, target, report } = migration;
  const from = `${place.from}/endpoint/${expected.id}`;
  const to = `${place.to}/endpoint/${encodeURIComponent(expected.fields.uid)}`;
  const name = `${place.uid}/${expected.fields.uid}`;
  const key = secret.parse(await source.send('GET', `${from}/secret`));
  const own = headers.parse(await source.send('GET', `${from}/headers`));
  if (own.sensitive.length > 0)
    report.notice({
      ...{ kind: 'endpoint', name },
      text: `set these headers by hand, their values cannot be read: ${own.sensitive.join(', ')}`,
    });
  if (key === null)
    report.notice({
      ...{ kind: 'endpoint', name },
      text: 'has an ed25519 key, whose private half cannot be read: give the receiver the public key of the target',
    });
  const create = () =>
    target.send('POST', `${place.to}/endpoint`, {
      ...expected.fields,
      ...(key === null ? {} : { secret: key }),
      headers: own.headers,
    });
  const found = place.exists ? await find(target, to, endpoint) : undefined;
  if (found === undefined) {
    await settle(migration, { kind: 'endpoint', name, different: null, create, overwrite: create });
    return;
  }
  const theirs = headers.parse(await target.send('GET', `${to}/headers`));
  const patch = headersPatch(own, theirs);
  const otherSecret = key !== null && secret.parse(await target.send('GET', `${to}/secret`)) !== key;
  const fields = differences(expected.fields, found.fields);
  await settle(migration, {
    ...{ kind: 'endpoint', name, create },
    different: [...fields, ...(patch === null ? [] : ['headers']), ...(otherSecret ? ['secret'] : [])],
    overwrite: async () => {
      if (fields.length > 0) await target.send('PUT', to, expected.fields);
      if (patch !== null) await target.send('PATCH', `${to}/headers`, { headers: patch });
      if (otherSecret) await target.send('POST', `${to}/secret/rotate`, { key });
    },
  });
};

type TransformationCheck = ReturnType<typeof makeTransformationCheck>;

const migrateEndpoints = async (migration: Migration, place: Place, check: TransformationCheck) => {
  for await (const expected of list(migration.source, `${place.from}/endpoint`, endpoint)) {
    const { id, hadUid, fields } = expected;
    const name = `${place.uid}/${fields.uid}`;
    await isolated(migration, 'endpoint', name, async () => {
      await migrateEndpoint(migration, place, expected);
      await check(`${place.from}/endpoint/${id}`, name);
      if (!hadUid) migration.report.renamed({ kind: 'endpoint', from: id, uid: fields.uid });
    });
  }
};

const migrateApplication = async (
  migration: Migration,
  { id, hadUid, fields }: Application,
  check: TransformationCheck,
): Promise<void> => {
  const { target, report, dryRun } = migration;
  const to = `/app/${encodeURIComponent(fields.uid)}`;
  await isolated(migration, 'application', fields.uid, async () => {
    const found = await find(target, to, application);
    await settle(migration, {
      ...{ kind: 'application', name: fields.uid },
      different: found === undefined ? null : differences(fields, found.fields),
      create: () => target.send('POST', '/app', fields),
      overwrite: () => target.send('PUT', to, fields),
    });
    if (!hadUid) report.renamed({ kind: 'application', from: id, uid: fields.uid });
    const exists = found !== undefined || !dryRun;
    await migrateEndpoints(migration, { from: `/app/${id}`, to, exists, uid: fields.uid }, check);
  });
};

async function* applicationsOf({ source, app }: Migration): AsyncGenerator<Application> {
  if (app === undefined) {
    yield* list(source, '/app', application);
    return;
  }
  const one = await find(source, `/app/${encodeURIComponent(app)}`, application);
  if (one === undefined) throw new Problem(`The source has no application ${app}.`);
  yield one;
}

const PROGRESS_EVERY = 50;

/**
 * Recreates event types, then application by application with its endpoints. Every object has a name of its own at the
 * target, so a repeated run finds what an earlier one created; the journal only saves looking at finished applications.
 */
export const migrate = async (migration: Migration): Promise<void> => {
  const { journal, report, dryRun, say } = migration;
  const check = makeTransformationCheck(migration);
  await migrateEventTypes(migration);
  let done = 0;
  for await (const one of applicationsOf(migration)) {
    if (journal.finished.has(one.id)) {
      report.skip();
      continue;
    }
    const failedBefore = report.failed();
    await migrateApplication(migration, one, check);
    if (!dryRun && report.failed() === failedBefore) await journal.add(one.id);
    done += 1;
    if (done % PROGRESS_EVERY === 0) say(`  ${done} applications ...`);
  }
  if (!dryRun && report.failed() === 0) await journal.close();
};
