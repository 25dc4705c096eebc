import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { ORG, attempt } from '../../support/simulation/builders.ts';
import { makeClient } from './client.ts';
import { NOW } from './fakes.ts';

/** Application `acme` with endpoint `ep1` and a message `evt1` on channel `eu`, without attempts. */
export const startDelivering = async () => {
  const client = await makeClient();
  const { send, simulation } = client;
  const app = (await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  const endpoint = (await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' })).json;
  const body = { eventType: 'order.paid', payload: { n: 1 }, eventId: 'evt1', channels: ['eu'] };
  const message = (await send('POST', '/api/v1/app/acme/msg', body)).json;
  /** Records an attempt, by default one that failed and will be retried. */
  const recordAttempt = (some: Partial<Attempt> = {}): Attempt => {
    const at = some.at ?? NOW;
    const recorded = attempt({
      ...{ orgId: ORG, appId: app.id, messageId: message.id, endpointId: endpoint.id },
      id: simulation.deps.ids.attempt(at),
      trigger: { kind: 'scheduled', number: simulation.attempts().length + 1 },
      at,
      url: 'https://x/',
      ...{ succeeded: false, responseStatusCode: 500, cause: 'status_5xx' },
      ...{ response: 'boom', responseDurationMs: 25 },
      decision: { kind: 'retry', at: at + 5000 },
      ...{ eventType: 'order.paid', eventId: 'evt1', channels: ['eu'], tags: ['vip'] },
      ...some,
    });
    simulation.record(recorded);
    return recorded;
  };
  return { ...client, endpoint, message, recordAttempt };
};

export const SUCCEEDED = {
  succeeded: true,
  cause: null,
  responseStatusCode: 200,
  decision: { kind: 'succeeded' },
} as const;
export const EXHAUSTED = { decision: { kind: 'exhausted' } } as const;
