import { Svix, Webhook } from 'svix';
import { explain } from './problem.ts';
import type { ReceiverClient } from './receiver/receiver-client.ts';
import type { Received } from './receiver/receiver-log.ts';

/** The uid of the application that `npm start` creates. */
export const FIRST_APPLICATION = 'first-app';

export interface FirstMessageTask {
  readonly serverUrl: string;
  readonly token: string;
  /** The receiver as this process reaches it. */
  readonly receiver: ReceiverClient;
  /** The receiver's URL as the stack's functions reach it. */
  readonly receiverUrl: string;
}

export interface FirstMessage {
  readonly endpointId: string;
  readonly delivery: Received;
  /** A link to the portal that opens the endpoint, with the delivery in its list. */
  readonly portalUrl: string;
}

/** Allows for cold starts and, on open-source LocalStack, pollers that run every few seconds. */
const ARRIVAL_LIMIT_MS = 180_000;

const attemptsOf = async (svix: Svix, appId: string, messageId: string): Promise<string> => {
  const { data } = await svix.messageAttempt.listByMsg(appId, messageId);
  return data.map((one) => `status ${one.responseStatusCode}: ${one.response}`).join('; ') || 'none';
};

/** The link of the API, with the place to open in its query, before the fragment that has the token. */
const portalLink = async (svix: Svix, appId: string, endpointId: string): Promise<string> => {
  const link = new URL((await svix.authentication.appPortalAccess(appId, {})).url);
  link.searchParams.set('next', `/endpoints/${endpointId}`);
  return link.href;
};

const headersOf = (delivery: Received): Record<string, string> =>
  Object.fromEntries(delivery.headers.map(([name, value]) => [name.toLowerCase(), value]));

/**
 * Creates an application and an endpoint and publishes a message with the official SDK, waits for the webhook at the
 * receiver and verifies its signature. Throws an error that lists the attempts if the webhook does not arrive.
 */
export const sendFirstMessage = async (task: FirstMessageTask): Promise<FirstMessage> => {
  const svix = new Svix(task.token, { serverUrl: task.serverUrl });
  const app = await svix.application.getOrCreate({ name: 'First application', uid: FIRST_APPLICATION });
  const endpoint = await svix.endpoint.create(app.id, { url: `${task.receiverUrl}/first` });
  const { key } = await svix.endpoint.getSecret(app.id, endpoint.id);
  const payload = { id: 'inv_1', amount: 4200, currency: 'EUR' };
  const message = await svix.message.create(app.id, { eventType: 'invoice.paid', payload });
  const arrived = await task.receiver
    .waitFor({ id: message.id }, 1, ARRIVAL_LIMIT_MS)
    .catch(async (error: unknown) => {
      const attempts = await attemptsOf(svix, app.id, message.id).catch(explain);
      throw new Error(`The first message was accepted but did not arrive (attempts: ${attempts})`, {
        cause: error,
      });
    });
  const [delivery] = arrived;
  if (delivery === undefined) throw new Error('The first message did not arrive');
  new Webhook(key).verify(delivery.text, headersOf(delivery));
  return { endpointId: endpoint.id, delivery, portalUrl: await portalLink(svix, app.id, endpoint.id) };
};
