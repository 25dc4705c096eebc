import { column, freshTenant, tenantOf } from './api.ts';
import type { Body, Tenant } from './api.ts';
import { ingestOrganization } from './client.ts';
import type { Reach } from './client.ts';
import { eventually } from './poll.ts';
import { hookUrl, webhooks } from './receiver.ts';
import type { Received } from '../../scripts/local/receiver/receiver-log.ts';

/** An organization with the application `acme`, ready to send to the receiver. */
export interface Sender extends Tenant {
  /** Registers `path` of the receiver; the endpoint's uid is `uid`. */
  readonly endpoint: (uid: string, path: string, fields?: object) => Promise<Body>;
  /** Publishes and returns the message. */
  readonly publish: (fields?: object) => Promise<Body>;
  /** All attempts of a message, newest first, once there are `count`. */
  readonly attempts: (messageId: string, count?: number) => Promise<readonly Body[]>;
  /** The page of the endpoint's messages with this query, once it has all of these: the read models follow the log of attempts. */
  readonly listed: (uid: string, query: string, ids: readonly string[]) => Promise<Body>;
  /** The requests of a message that the receiver got, once there are `count`. */
  readonly received: (messageId: string, count?: number) => Promise<readonly Received[]>;
  /** Uids of the endpoints that a message was sent to, once there are `count`. */
  readonly destinations: (messageId: string, count?: number) => Promise<readonly string[]>;
}

/** `settings`: those of the organization; by default a retry starts later than a test takes. */
export const freshSender = async (
  settings: object = { retrySchedule: [600] },
  reach?: Reach,
): Promise<Sender> => senderOf(await freshTenant(undefined, reach), settings);

/** The same for the organization of the ingest queue, with an application without endpoints. */
export const ingestSender = async (settings: object = {}): Promise<Sender> => {
  const tenant = tenantOf(await ingestOrganization());
  await tenant.send('DELETE', '/app/acme');
  return senderOf(tenant, settings);
};

const senderOf = async (tenant: Tenant, settings: object): Promise<Sender> => {
  await tenant.settings(settings);
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
  const list = async (path: string, count: number): Promise<readonly Body[]> => {
    const page = await eventually(
      () => tenant.ask('GET', `/app/acme${path}`),
      ({ data }) => (data as unknown[]).length >= count,
    );
    return page['data'] as Body[];
  };
  return {
    ...tenant,
    endpoint: (uid, path, fields = {}) =>
      tenant.ask('POST', '/app/acme/endpoint', { url: hookUrl(path), uid, ...fields }),
    publish: (fields = {}) =>
      tenant.ask('POST', '/app/acme/msg', { eventType: 'order.paid', payload: { n: 1 }, ...fields }),
    attempts: (messageId, count = 1) => list(`/attempt/msg/${messageId}`, count),
    listed: (uid, query, ids) =>
      eventually(
        () => tenant.ask('GET', `/app/acme/endpoint/${uid}/msg?${query}`),
        (page) => ids.every((id) => column(page, 'id').includes(id)),
        { what: `${ids.join()} in the messages of ${uid} with ${query}` },
      ),
    received: (messageId, count = 1) => webhooks({ id: messageId }, count),
    destinations: async (messageId, count = 1) => {
      const endpoints = await list(`/msg/${messageId}/endpoint`, count);
      return endpoints.map((one) => String(one['uid'])).toSorted();
    },
  };
};
