import { expect, it } from 'vitest';
import type { MessageId } from '../../../../functions/platform/ids/brand.domain.ts';
import { parseErrand } from '../../../../functions/deliver/queue/delivery-record.ts';
import { MINUTE, troubledWorld } from './scenario.ts';

it('a delivery that rests on a row of another form dies alone, and is sent once it can be read', async () => {
  let readable = false;
  let broken: MessageId | undefined;
  const world = await troubledWorld({
    unreadable: ({ messageId }) => !readable && messageId === (broken ??= messageId),
  });
  world.publish(10, 0);
  await world.clock.runUntil(world.clock.now() + MINUTE);
  expect(world.ends()).toHaveLength(9);

  await world.rest();
  const dead = world.deliveries.deadLetters.map((body) => parseErrand(body));
  expect(dead).toMatchObject([{ kind: 'delivery', delivery: { messageId: broken } }]);

  readable = true;
  world.deliveries.redrive();
  await world.rest();
  expect(world.sends(world.endpoint.url)).toHaveLength(10);
  expect(world.ends().filter(({ succeeded }) => succeeded)).toHaveLength(10);
});
