import { expect, it } from 'vitest';
import type { MessageId } from '../../../../functions/platform/ids/brand.domain.ts';
import { parseQueueMessage } from '../../../../functions/deliver/queue/queue-message.ts';
import { MINUTE, failingEndpointsScenario } from './scenario.ts';

it('a delivery that needs a row of an unknown format is dead-lettered alone, and a redrive sends it once the row can be parsed', async () => {
  let readable = false;
  let broken: MessageId | undefined;
  const simulation = await failingEndpointsScenario({
    unreadable: ({ messageId }) => !readable && messageId === (broken ??= messageId),
  });
  simulation.publish(10, 0);
  await simulation.clock.runUntil(simulation.clock.now() + MINUTE);
  expect(simulation.ends()).toHaveLength(9);

  await simulation.rest();
  const dead = simulation.deliveries.deadLetters.map((body) => parseQueueMessage(body));
  expect(dead).toMatchObject([{ kind: 'delivery', delivery: { messageId: broken } }]);

  readable = true;
  simulation.deliveries.redrive();
  await simulation.rest();
  expect(simulation.sends(simulation.endpoint.url)).toHaveLength(10);
  expect(simulation.ends().filter(({ succeeded }) => succeeded)).toHaveLength(10);
});
