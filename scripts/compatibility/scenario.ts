import type { Svix } from 'svix';

/** What the steps of the scenario call. */
export interface ScenarioContext {
  readonly svix: Svix;
  /** The same client with another token. */
  readonly clientOf: (token: string) => Svix;
  /** For operations that the npm client lacks: method and path below `/api/v1`. */
  readonly raw: (method: string, path: string) => Promise<unknown>;
  /** URL of a receiver that answers 200. */
  readonly hookUrl: string;
}

interface ScenarioStep {
  /** The operation that it calls. */
  readonly name: string;
  readonly call: (context: ScenarioContext) => Promise<unknown>;
}

const TIMEOUT_MS = 60_000;
const POLL_MS = 200;
const APP = 'compatibility';
const ENDPOINT = 'receiver';
const MESSAGE = 'first';
const EVENT_TYPE = 'order.paid';

const hourAgo = () => new Date(Date.now() - 3_600_000);

/** Polls until the first attempt is listed, since deliveries are asynchronous. Returns its id. */
const firstAttempt = async ({ svix }: ScenarioContext): Promise<string> => {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const [attempt] = (await svix.messageAttempt.listByMsg(APP, MESSAGE)).data;
    if (attempt !== undefined) return attempt.id;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`no attempt of the first message within ${TIMEOUT_MS / 1000} s`);
};

const taskOf = async ({ svix }: ScenarioContext): Promise<string> => {
  const { id } = await svix.endpoint.recover(APP, ENDPOINT, { since: hourAgo() });
  return id;
};

const step = (name: string, call: ScenarioStep['call']): ScenarioStep => ({ name, call });

const applications: readonly ScenarioStep[] = [
  step('health.get', ({ svix }) => svix.health.get()),
  step('eventType.create', ({ svix }) =>
    svix.eventType.create({
      name: EVENT_TYPE,
      description: '',
      schemas: { 1: { type: 'object', examples: [{ n: 1 }] } },
    }),
  ),
  step('eventType.get', ({ svix }) => svix.eventType.get(EVENT_TYPE)),
  step('eventType.list', ({ svix }) => svix.eventType.list()),
  step('eventType.upsert', ({ svix }) => svix.eventType.upsert('order.sent', { description: '' })),
  step('eventType.patch', ({ svix }) => svix.eventType.patch('order.sent', { deprecated: true })),
  step('eventType.importOpenapi', ({ svix }) =>
    svix.eventType.importOpenapi({ spec: { openapi: '3.1.0', webhooks: { 'order.sent': { post: {} } } } }),
  ),
  step('environment.export', ({ svix }) => svix.environment.export()),
  step('environment.import', async ({ svix }) => svix.environment.import(await svix.environment.export())),
  step('application.create', ({ svix }) => svix.application.create({ name: 'Acme', uid: APP })),
  step('application.getOrCreate', ({ svix }) => svix.application.getOrCreate({ name: 'Acme', uid: APP })),
  step('application.get', ({ svix }) => svix.application.get(APP)),
  step('application.list', ({ svix }) => svix.application.list()),
  step('application.upsert', ({ svix }) => svix.application.upsert(APP, { name: 'Acme', uid: APP })),
  step('application.patch', ({ svix }) => svix.application.patch(APP, { metadata: { a: 'b' } })),
  step('authentication.appPortalAccess', ({ svix }) => svix.authentication.appPortalAccess(APP, {})),
  step('authentication.expireAll', ({ svix }) => svix.authentication.expireAll(APP, { sessionIds: ['ann'] })),
  step('authentication.logout', async ({ svix, clientOf }) => {
    const { token } = await svix.authentication.appPortalAccess(APP, {});
    await clientOf(token).authentication.logout();
  }),
];

const endpoints: readonly ScenarioStep[] = [
  step('endpoint.create', ({ svix, hookUrl }) => svix.endpoint.create(APP, { url: hookUrl, uid: ENDPOINT })),
  step('endpoint.get', ({ svix }) => svix.endpoint.get(APP, ENDPOINT)),
  step('endpoint.list', ({ svix }) => svix.endpoint.list(APP)),
  step('endpoint.upsert', ({ svix, hookUrl }) =>
    svix.endpoint.upsert(APP, ENDPOINT, { url: hookUrl, uid: ENDPOINT }),
  ),
  step('endpoint.patch', ({ svix }) => svix.endpoint.patch(APP, ENDPOINT, { description: 'x' })),
  step('endpoint.setHeaders', ({ svix }) =>
    svix.endpoint.setHeaders(APP, ENDPOINT, { headers: { 'X-One': '1' } }),
  ),
  step('endpoint.patchHeaders', ({ svix }) =>
    svix.endpoint.patchHeaders(APP, ENDPOINT, { headers: { 'X-Two': '2' } }),
  ),
  step('endpoint.getHeaders', ({ svix }) => svix.endpoint.getHeaders(APP, ENDPOINT)),
  step('endpoint.getSecret', ({ svix }) => svix.endpoint.getSecret(APP, ENDPOINT)),
  step('endpoint.rotateSecret', ({ svix }) => svix.endpoint.rotateSecret(APP, ENDPOINT)),
];

const messages: readonly ScenarioStep[] = [
  step('message.create', ({ svix }) =>
    svix.message.create(APP, { eventType: EVENT_TYPE, eventId: MESSAGE, payload: { n: 1 } }),
  ),
  step('message.precheck', ({ svix }) => svix.message.precheck(APP, { eventType: EVENT_TYPE })),
  step('message.get', ({ svix }) => svix.message.get(APP, MESSAGE)),
  step('message.list', ({ svix }) => svix.message.list(APP)),
  step('messageAttempt.listByMsg', firstAttempt),
  step('messageAttempt.listByEndpoint', ({ svix }) => svix.messageAttempt.listByEndpoint(APP, ENDPOINT)),
  step('messageAttempt.get', async (context) =>
    context.svix.messageAttempt.get(APP, MESSAGE, await firstAttempt(context)),
  ),
  step('messageAttempt.listAttemptedMessages', ({ svix }) =>
    svix.messageAttempt.listAttemptedMessages(APP, ENDPOINT),
  ),
  step('messageAttempt.listAttemptedDestinations', ({ svix }) =>
    svix.messageAttempt.listAttemptedDestinations(APP, MESSAGE),
  ),
  step('messageAttempt.resend', ({ svix }) => svix.messageAttempt.resend(APP, MESSAGE, ENDPOINT)),
  step('endpoint.getStats', ({ svix }) => svix.endpoint.getStats(APP, ENDPOINT)),
  step('endpoint.getAttemptStats', ({ raw }) => raw('GET', `/app/${APP}/endpoint/${ENDPOINT}/attempt-stats`)),
  step('endpoint.sendExample', ({ svix }) =>
    svix.endpoint.sendExample(APP, ENDPOINT, { eventType: EVENT_TYPE }),
  ),
  step('endpoint.recover', taskOf),
  step('endpoint.replayMissing', ({ svix }) =>
    svix.endpoint.replayMissing(APP, ENDPOINT, { since: hourAgo() }),
  ),
  step('endpoint.bulkReplay', ({ svix }) => svix.endpoint.bulkReplay(APP, ENDPOINT, { since: hourAgo() })),
  step('statistics.aggregateAppStats', ({ svix }) =>
    svix.statistics.aggregateAppStats({ since: hourAgo(), until: new Date(), appIds: [APP] }),
  ),
  step('statistics.aggregateEventTypes', ({ svix }) => svix.statistics.aggregateEventTypes()),
  step('backgroundTask.list', ({ svix }) => svix.backgroundTask.list()),
  step('backgroundTask.get', async (context) => context.svix.backgroundTask.get(await taskOf(context))),
];

const ALERTS = 'alerts';

const operational: readonly ScenarioStep[] = [
  step('operationalWebhook.endpoint.create', ({ svix, hookUrl }) =>
    svix.operationalWebhook.endpoint.create({ url: hookUrl, uid: ALERTS }),
  ),
  step('operationalWebhook.endpoint.get', ({ svix }) => svix.operationalWebhook.endpoint.get(ALERTS)),
  step('operationalWebhook.endpoint.list', ({ svix }) => svix.operationalWebhook.endpoint.list()),
  step('operationalWebhook.endpoint.upsert', ({ svix, hookUrl }) =>
    svix.operationalWebhook.endpoint.upsert(ALERTS, { url: hookUrl, uid: ALERTS }),
  ),
  step('operationalWebhook.endpoint.setHeaders', ({ svix }) =>
    svix.operationalWebhook.endpoint.setHeaders(ALERTS, { headers: { 'X-One': '1' } }),
  ),
  step('operationalWebhook.endpoint.getHeaders', ({ svix }) =>
    svix.operationalWebhook.endpoint.getHeaders(ALERTS),
  ),
  step('operationalWebhook.endpoint.getSecret', ({ svix }) =>
    svix.operationalWebhook.endpoint.getSecret(ALERTS),
  ),
  step('operationalWebhook.endpoint.rotateSecret', ({ svix }) =>
    svix.operationalWebhook.endpoint.rotateSecret(ALERTS, {}),
  ),
  step('operationalWebhook.endpoint.delete', ({ svix }) => svix.operationalWebhook.endpoint.delete(ALERTS)),
];

const deletions: readonly ScenarioStep[] = [
  step('messageAttempt.expungeContent', async (context) =>
    context.svix.messageAttempt.expungeContent(APP, MESSAGE, await firstAttempt(context)),
  ),
  step('message.expungeContent', ({ svix }) => svix.message.expungeContent(APP, MESSAGE)),
  step('message.bulkExpungeContent', ({ svix }) => svix.message.bulkExpungeContent(APP, { ids: [MESSAGE] })),
  step('message.expungeAllContents', ({ svix }) => svix.message.expungeAllContents(APP)),
  step('endpoint.delete', ({ svix }) => svix.endpoint.delete(APP, ENDPOINT)),
  step('application.delete', ({ svix }) => svix.application.delete(APP)),
  step('eventType.delete', ({ svix }) => svix.eventType.delete(EVENT_TYPE)),
];

/** Operations that need the results of earlier ones. All other operations are called with placeholder arguments. */
export const SCENARIO: readonly ScenarioStep[] = [
  ...[...applications, ...endpoints, ...messages],
  ...[...operational, ...deletions],
];
