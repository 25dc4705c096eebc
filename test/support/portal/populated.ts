import { inject } from 'vitest';
import { eventually } from '../poll.ts';
import type { Customer } from './customer.ts';

/** A customer with something on every screen. */
export interface Populated {
  readonly healthyId: string;
  readonly failingId: string;
  readonly offId: string;
  readonly messageId: string;
  /** An attempt that failed. */
  readonly attemptId: string;
  readonly taskId: string;
}

const SCHEMA = {
  1: {
    title: 'Invoice',
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, amount: { type: 'integer', description: 'In cents' } },
    examples: [{ id: 'inv_1', amount: 4200 }],
  },
};

const EVENT_TYPES = [
  { name: 'invoice.paid', description: 'A customer has paid an invoice', schemas: SCHEMA },
  { name: 'invoice.failed', description: 'A payment was refused', groupName: 'Billing' },
  { name: 'user.created', description: 'A user has signed up', deprecated: true },
];

/** Messages that are published; both fail at the failing endpoint. */
const MESSAGES = 2;

interface FailedAttempt {
  readonly id: string;
  readonly msgId: string;
}

/**
 * Waits until nothing changes any more, so that what a test found on a screen is still there when it looks again: the
 * next retries are an hour away, and the replay has ended with all of its attempts.
 */
export const populate = async ({ tenant, appId }: Customer): Promise<Populated> => {
  const { receiverHookUrl } = inject('stack');
  const app = `/app/${appId}`;
  await tenant.settings({ retrySchedule: [3_600] });
  for (const type of EVENT_TYPES) await tenant.ask('POST', '/event-type', type);
  const endpoint = async (fields: object): Promise<string> =>
    String((await tenant.ask('POST', `${app}/endpoint`, fields))['id']);
  const healthyId = await endpoint({
    ...{ url: `${receiverHookUrl}/orders`, description: 'Order service' },
    filterTypes: ['invoice.paid', 'invoice.failed'],
  });
  const failingId = await endpoint({ url: `${receiverHookUrl}/billing?status=503&body=busy` });
  const offId = await endpoint({ url: 'https://old.example.com/hooks', description: 'Old', disabled: true });
  const publish = async (eventType: string): Promise<string> =>
    String(
      (await tenant.ask('POST', `${app}/msg`, { eventType, payload: { id: 'inv_1', amount: 4200 } }))['id'],
    );
  const messageId = await publish('invoice.paid');
  await publish('user.created');
  const failures = (count: number): Promise<FailedAttempt[]> =>
    eventually(
      async () => {
        const { data } = await tenant.ask('GET', `${app}/attempt/endpoint/${failingId}?status=2`);
        return data as FailedAttempt[];
      },
      (found) => found.length >= count,
      { what: `${count} failed attempts` },
    );
  const failed = (await failures(MESSAGES)).find(({ msgId }) => msgId === messageId);
  const { id } = await tenant.ask('POST', `${app}/endpoint/${failingId}/recover`, {
    since: new Date(Date.now() - 3_600_000).toISOString(),
  });
  const taskId = String(id);
  await eventually(
    () => tenant.ask('GET', `/background-task/${taskId}`),
    ({ status }) => status === 'finished',
    { what: 'the end of the replay' },
  );
  await failures(2 * MESSAGES);
  return { healthyId, failingId, offId, messageId, attemptId: failed?.id ?? '', taskId };
};

/** The path of every screen, by its name. */
export const screensOf = (made: Populated): Readonly<Record<string, string>> => ({
  endpoints: '/endpoints',
  'new endpoint': '/endpoints/new',
  overview: `/endpoints/${made.failingId}`,
  'overview of a disabled endpoint': `/endpoints/${made.offId}`,
  deliveries: `/endpoints/${made.failingId}/deliveries`,
  'failures of an endpoint': `/endpoints/${made.failingId}/failures`,
  testing: `/endpoints/${made.healthyId}/testing`,
  security: `/endpoints/${made.healthyId}/security`,
  settings: `/endpoints/${made.healthyId}/settings`,
  messages: '/messages',
  message: `/messages/${made.messageId}`,
  delivery: `/messages/${made.messageId}/attempts/${made.attemptId}`,
  'event catalog': '/event-types',
  'event type': '/event-types/invoice.paid',
  failures: '/failures',
  replays: '/replays',
  replay: `/replays/${made.taskId}`,
  'no such screen': '/nothing',
  'no such part of an endpoint': `/endpoints/${made.healthyId}/nothing`,
  'no such endpoint': '/endpoints/ep_none',
  'no such message': '/messages/msg_none',
  'no such replay': '/replays/qtask_none',
});
