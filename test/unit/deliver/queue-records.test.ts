import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appId,
  attemptId,
  endpointId,
  messageId,
  orgId,
} from '../../../functions/platform/ids/brand.domain.ts';
import { formatDelivery, parseDelivery } from '../../../functions/deliver/queue/queue-message.ts';
import { formatFanOutPage, parseFanOutPage } from '../../../functions/fan-out/wide-queue.sqs.ts';
import { delivery, message } from '../../support/simulation/builders.ts';

const text = fc.string({ minLength: 1 });
const anyDelivery = fc.record(
  {
    orgId: text.map(orgId),
    appId: text.map(appId),
    messageId: text.map(messageId),
    endpointId: text.map(endpointId),
    trigger: fc.oneof(
      fc.record({ kind: fc.constant('scheduled' as const), number: fc.integer({ min: 1, max: 51 }) }),
      fc.record({
        ...{ kind: fc.constant('scheduled' as const), number: fc.integer({ min: 1, max: 51 }) },
        series: text.map(attemptId),
      }),
      fc.record({ kind: fc.constant('manual' as const), request: text }),
    ),
    schedule: fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true })),
    startedAt: fc.nat(),
    slot: fc.nat(),
    released: fc.integer({ min: 1 }),
  },
  { requiredKeys: ['orgId', 'appId', 'messageId', 'endpointId', 'trigger', 'schedule'] },
);

describe('the text of a delivery in a queue message', () => {
  it('parses to the same value', () => {
    fc.assert(
      fc.property(anyDelivery, (one) => {
        expect(parseDelivery(formatDelivery(one))).toEqual(one);
      }),
    );
  });

  it('is refused in any other format', () => {
    const wrong = [{ v: 2 }, { n: 0 }, { n: 1.5 }, { s: null }, { m: undefined }, { r: '' }];
    for (const change of wrong) {
      const body = JSON.stringify({ ...(JSON.parse(formatDelivery(delivery())) as object), ...change });
      expect(() => parseDelivery(body)).toThrow();
    }
  });

  it('fits into one write unit, even with the longest schedule', () => {
    const schedule = Array<number>(50).fill(1_209_600);
    expect(formatDelivery(delivery({ schedule })).length).toBeLessThan(1024);
  });
});

describe('the text of a fan-out page in a queue message', () => {
  it('parses to the same value', () => {
    const {
      orgId: org,
      appId: app,
      id,
      eventType,
      channels,
      deliverAt,
      onlyEndpoint,
    } = message({ channels: ['é'] });
    const outgoing = { orgId: org, appId: app, id, eventType, channels, deliverAt, onlyEndpoint };
    for (const after of [null, endpointId('ep_x')]) {
      expect(parseFanOutPage(formatFanOutPage({ message: outgoing, after }))).toEqual({
        message: outgoing,
        after,
      });
    }
  });
});
