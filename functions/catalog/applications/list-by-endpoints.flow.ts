import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { Cursor, Page, PageRequest } from '../../platform/pages/page.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { ApplicationStore, EndpointStore } from '../catalog.port.ts';
import type { Endpoint } from '../endpoints/endpoint.domain.ts';
import type { Application } from './application.domain.ts';

/** Which applications a list leaves out. The last two never apply to an application without endpoints. */
export interface Exclusions {
  readonly withoutEndpoints: boolean;
  readonly withDisabledOnly: boolean;
  readonly withSvixPlayOnly: boolean;
}

/** Applications of one read, and the most reads of one page: at most 200 applications, with at least a query each. */
const ROUND = 25;
const MOST_ROUNDS = 8;
/** Endpoints of an application in one read. The first few usually decide whether it is listed. */
const ENDPOINTS_A_READ = 10;
/** The most reads of an application's endpoints; without a decision after them the application is listed. */
const MOST_ENDPOINT_READS = 100;

const isAtSvixPlay = ({ url }: Endpoint): boolean => {
  const host = URL.parse(url)?.hostname;
  return host === 'play.svix.com' || host === 'api.play.svix.com';
};

export interface ListDeps {
  readonly applications: Pick<ApplicationStore, 'list'>;
  readonly endpoints: Pick<EndpointStore, 'list'>;
}

/** Lists applications, filtered by their endpoints. A page may have fewer items than its limit although more follow. */
export const listByEndpoints = async (
  { applications, endpoints }: ListDeps,
  orgId: OrgId,
  page: PageRequest,
  exclusions: Exclusions,
): Promise<Page<Application>> => {
  const isListed = async ({ id }: Application): Promise<boolean> => {
    let enabled = !exclusions.withDisabledOnly;
    let elsewhere = !exclusions.withSvixPlayOnly;
    let cursor: Cursor | null = null;
    for (let reads = 0; reads < MOST_ENDPOINT_READS; reads += 1) {
      const request: PageRequest = { limit: ENDPOINTS_A_READ, cursor, order: 'descending' };
      const { items, done } = await endpoints.list(orgId, id, request);
      if (reads === 0 && items.length === 0) return !exclusions.withoutEndpoints;
      enabled ||= items.some(({ disabled }) => !disabled);
      elsewhere ||= items.some((endpoint) => !isAtSvixPlay(endpoint));
      if (enabled && elsewhere) return true;
      const last = items.at(-1);
      if (done || last === undefined) return false;
      cursor = { id: last.id, direction: 'next' };
    }
    return true;
  };

  const direction = page.cursor?.direction ?? 'next';
  const kept: Application[] = [];
  const answer = (rest: { readonly done: boolean; readonly resumeAt?: string }): Page<Application> => ({
    items: direction === 'next' ? kept : kept.toReversed(),
    ...rest,
  });
  let { cursor } = page;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const candidates = await applications.list(orgId, { ...page, limit: ROUND, cursor });
    const walked = direction === 'next' ? candidates.items : candidates.items.toReversed();
    const listed = await settleAll(walked.map(isListed));
    for (const [index, application] of walked.entries()) {
      if (listed[index] !== true) continue;
      if (kept.length === page.limit) return answer({ done: false });
      kept.push(application);
    }
    const last = walked.at(-1);
    if (candidates.done || last === undefined) return answer({ done: true });
    cursor = { id: last.id, direction };
  }
  return answer(cursor === null ? { done: false } : { done: false, resumeAt: cursor.id });
};
