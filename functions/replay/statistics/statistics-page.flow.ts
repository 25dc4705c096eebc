import type { Application } from '../../catalog/applications/application.domain.ts';
import type { ApplicationStore } from '../../catalog/catalog.port.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { TaskKey } from '../task.domain.ts';

/** An endpoint that an application has or had. Instants are ms since 1970. */
export interface EndpointPlace {
  readonly id: EndpointId;
  readonly createdAt: number;
  /** null: it was not deleted. */
  readonly deletedAt: number | null;
  /** null: all. */
  readonly eventTypes: readonly string[] | null;
}

/** The port to the endpoints that an application has or had, in the order of their ids, after one of them. */
export type ListEndpointPlaces = (
  orgId: OrgId,
  appId: AppId,
  after: string | null,
) => Promise<{ readonly items: readonly EndpointPlace[]; readonly done: boolean }>;

/** The port to the results of tasks, which are stored in parts. */
export interface TaskResults {
  /** Stores a part (a JSON list), over one that an earlier try of the same page wrote. `createdAt`: of the task. */
  put(key: TaskKey, part: number, json: string, createdAt: number): Promise<void>;
  /** The parts as JSON texts of lists, in their order. */
  read(key: TaskKey, parts: number): Promise<readonly string[]>;
}

export interface StatisticsPageDeps {
  readonly applications: Pick<ApplicationStore, 'find' | 'list'>;
  readonly endpointPlaces: ListEndpointPlaces;
  readonly results: TaskResults;
  readonly now: () => number;
}

/** Applications that are looked up together. */
const APPLICATIONS = 50;

/** An application of a page; without its uid if it was deleted since. */
export type NamedApplication = Pick<Application, 'id' | 'uid'>;

/** Bytes after which a part is stored: compressed it fits into a row. */
export const PART_BYTES = 300_000;
/** A page ends after this time, well within what a run reserves for one. */
export const STATISTICS_PAGE_MS = 4_000;

/** The applications after one of them: those that were asked for, or all of the organization. `next`: where to go on. */
export const applicationsAfter = async (
  { applications }: Pick<StatisticsPageDeps, 'applications'>,
  { orgId, apps }: { readonly orgId: OrgId; readonly apps: readonly AppId[] | null },
  after: string | null,
): Promise<{
  readonly items: readonly NamedApplication[];
  readonly next: string | null;
  readonly done: boolean;
}> => {
  if (apps === null) {
    const cursor = after === null ? null : { id: after, direction: 'next' as const };
    const page = await applications.list(orgId, { limit: APPLICATIONS, cursor, order: 'ascending' });
    return { items: page.items, next: page.resumeAt ?? page.items.at(-1)?.id ?? after, done: page.done };
  }
  const left = apps.toSorted().filter((id) => after === null || id > after);
  const some = left.slice(0, APPLICATIONS);
  const items = await settleAll(
    some.map(async (id) => (await applications.find(orgId, id)) ?? { id, uid: null }),
  );
  return { items, next: some.at(-1) ?? after, done: left.length === some.length };
};

/** What a page has found so far. */
export interface Part {
  readonly items: string[];
  bytes: number;
}

export const newPart = (): Part => ({ items: [], bytes: 0 });

export const addTo = (part: Part, item: object): void => {
  const text = JSON.stringify(item);
  part.items.push(text);
  part.bytes += text.length + 1;
};

export const partText = ({ items }: Part): string => `[${items.join(',')}]`;
