import type { Svix } from 'svix';

/** What the story goes through. */
export interface Scene {
  readonly svix: Svix;
  /** The same for what the npm client lacks: method and path below `/api/v1`. */
  readonly raw: (method: string, path: string) => Promise<unknown>;
  /** Where a receiver answers 200. */
  readonly hookUrl: string;
}

interface Chapter {
  /** The operation that it shows. */
  readonly name: string;
  readonly tell: (scene: Scene) => Promise<unknown>;
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = 200;
const APP = 'compatibility';
const ENDPOINT = 'receiver';
const MESSAGE = 'first';
const EVENT_TYPE = 'order.paid';

const hourAgo = () => new Date(Date.now() - 3_600_000);

/** Deliveries take a moment; asks until the first attempt is listed. */
const firstAttempt = async ({ svix }: Scene): Promise<string> => {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const [attempt] = (await svix.messageAttempt.listByMsg(APP, MESSAGE)).data;
    if (attempt !== undefined) return attempt.id;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('the first message was not attempted in time');
};

const taskOf = async ({ svix }: Scene): Promise<string> => {
  const { id } = await svix.endpoint.recover(APP, ENDPOINT, { since: hourAgo() });
  return id;
};

const chapter = (name: string, tell: Chapter['tell']): Chapter => ({ name, tell });

const beginning: readonly Chapter[] = [
  chapter('health.get', ({ svix }) => svix.health.get()),
  chapter('eventType.create', ({ svix }) =>
    svix.eventType.create({
      name: EVENT_TYPE,
      description: '',
      schemas: { 1: { type: 'object', examples: [{ n: 1 }] } },
    }),
  ),
  chapter('eventType.get', ({ svix }) => svix.eventType.get(EVENT_TYPE)),
  chapter('eventType.list', ({ svix }) => svix.eventType.list()),
  chapter('eventType.upsert', ({ svix }) => svix.eventType.upsert('order.sent', { description: '' })),
  chapter('eventType.patch', ({ svix }) => svix.eventType.patch('order.sent', { deprecated: true })),
  chapter('application.create', ({ svix }) => svix.application.create({ name: 'Acme', uid: APP })),
  chapter('application.getOrCreate', ({ svix }) => svix.application.getOrCreate({ name: 'Acme', uid: APP })),
  chapter('application.get', ({ svix }) => svix.application.get(APP)),
  chapter('application.list', ({ svix }) => svix.application.list()),
  chapter('application.upsert', ({ svix }) => svix.application.upsert(APP, { name: 'Acme', uid: APP })),
  chapter('application.patch', ({ svix }) => svix.application.patch(APP, { metadata: { a: 'b' } })),
  chapter('authentication.appPortalAccess', ({ svix }) => svix.authentication.appPortalAccess(APP, {})),
];

const endpoint: readonly Chapter[] = [
  chapter('endpoint.create', ({ svix, hookUrl }) =>
    svix.endpoint.create(APP, { url: hookUrl, uid: ENDPOINT }),
  ),
  chapter('endpoint.get', ({ svix }) => svix.endpoint.get(APP, ENDPOINT)),
  chapter('endpoint.list', ({ svix }) => svix.endpoint.list(APP)),
  chapter('endpoint.upsert', ({ svix, hookUrl }) =>
    svix.endpoint.upsert(APP, ENDPOINT, { url: hookUrl, uid: ENDPOINT }),
  ),
  chapter('endpoint.patch', ({ svix }) => svix.endpoint.patch(APP, ENDPOINT, { description: 'x' })),
  chapter('endpoint.setHeaders', ({ svix }) =>
    svix.endpoint.setHeaders(APP, ENDPOINT, { headers: { 'X-One': '1' } }),
  ),
  chapter('endpoint.patchHeaders', ({ svix }) =>
    svix.endpoint.patchHeaders(APP, ENDPOINT, { headers: { 'X-Two': '2' } }),
  ),
  chapter('endpoint.getHeaders', ({ svix }) => svix.endpoint.getHeaders(APP, ENDPOINT)),
  chapter('endpoint.getSecret', ({ svix }) => svix.endpoint.getSecret(APP, ENDPOINT)),
  chapter('endpoint.rotateSecret', ({ svix }) => svix.endpoint.rotateSecret(APP, ENDPOINT)),
];

const message: readonly Chapter[] = [
  chapter('message.create', ({ svix }) =>
    svix.message.create(APP, { eventType: EVENT_TYPE, eventId: MESSAGE, payload: { n: 1 } }),
  ),
  chapter('message.get', ({ svix }) => svix.message.get(APP, MESSAGE)),
  chapter('message.list', ({ svix }) => svix.message.list(APP)),
  chapter('messageAttempt.listByMsg', firstAttempt),
  chapter('messageAttempt.listByEndpoint', ({ svix }) => svix.messageAttempt.listByEndpoint(APP, ENDPOINT)),
  chapter('messageAttempt.get', async (scene) =>
    scene.svix.messageAttempt.get(APP, MESSAGE, await firstAttempt(scene)),
  ),
  chapter('messageAttempt.listAttemptedMessages', ({ svix }) =>
    svix.messageAttempt.listAttemptedMessages(APP, ENDPOINT),
  ),
  chapter('messageAttempt.listAttemptedDestinations', ({ svix }) =>
    svix.messageAttempt.listAttemptedDestinations(APP, MESSAGE),
  ),
  chapter('messageAttempt.resend', ({ svix }) => svix.messageAttempt.resend(APP, MESSAGE, ENDPOINT)),
  chapter('endpoint.getStats', ({ svix }) => svix.endpoint.getStats(APP, ENDPOINT)),
  chapter('endpoint.getAttemptStats', ({ raw }) =>
    raw('GET', `/app/${APP}/endpoint/${ENDPOINT}/attempt-stats`),
  ),
  chapter('endpoint.sendExample', ({ svix }) =>
    svix.endpoint.sendExample(APP, ENDPOINT, { eventType: EVENT_TYPE }),
  ),
  chapter('endpoint.recover', taskOf),
  chapter('endpoint.replayMissing', ({ svix }) =>
    svix.endpoint.replayMissing(APP, ENDPOINT, { since: hourAgo() }),
  ),
  chapter('endpoint.bulkReplay', ({ svix }) => svix.endpoint.bulkReplay(APP, ENDPOINT, { since: hourAgo() })),
  chapter('backgroundTask.list', ({ svix }) => svix.backgroundTask.list()),
  chapter('backgroundTask.get', async (scene) => scene.svix.backgroundTask.get(await taskOf(scene))),
];

const end: readonly Chapter[] = [
  chapter('messageAttempt.expungeContent', async (scene) =>
    scene.svix.messageAttempt.expungeContent(APP, MESSAGE, await firstAttempt(scene)),
  ),
  chapter('message.expungeContent', ({ svix }) => svix.message.expungeContent(APP, MESSAGE)),
  chapter('endpoint.delete', ({ svix }) => svix.endpoint.delete(APP, ENDPOINT)),
  chapter('application.delete', ({ svix }) => svix.application.delete(APP)),
  chapter('eventType.delete', ({ svix }) => svix.eventType.delete(EVENT_TYPE)),
];

/** Operations that mean something only in order; all others are called with whatever. */
export const STORY: readonly Chapter[] = [...beginning, ...endpoint, ...message, ...end];
