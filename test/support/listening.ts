import { Svix } from 'svix';
import { inject } from 'vitest';
import { MANAGEMENT_ORGANIZATION } from '../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { allowReceiver } from '../../scripts/local/receiver/receiver-access.ts';
import { organizationToken } from '../../scripts/local/tokens.ts';
import { serverUrlOf } from './client.ts';
import type { Organization } from './client.ts';
import { hookUrl } from './receiver.ts';

/** The official client of the management organization, whose applications receive operational webhooks. */
export const managementClient = async (): Promise<Svix> => {
  const { jwtSecret, managementToken, receiverHost } = inject('stack');
  const token = await organizationToken(MANAGEMENT_ORGANIZATION, jwtSecret, new Date());
  const serverUrl = serverUrlOf();
  const managementUrl = `${serverUrl}/management/v1`;
  const organizationId = MANAGEMENT_ORGANIZATION;
  await allowReceiver({ hostName: receiverHost, managementUrl, managementToken, organizationId });
  return new Svix(token, { serverUrl, retryScheduleInMs: [] });
};

/** Makes the operational webhooks of a customer arrive at the receiver under `path`. */
export const listenTo = async (management: Svix, customer: Organization, path: string) => {
  const listener = await management.application.create({ name: 'Listener', uid: customer.orgId });
  const endpoint = await management.endpoint.create(listener.id, { url: hookUrl(path) });
  return { listener, endpoint };
};
