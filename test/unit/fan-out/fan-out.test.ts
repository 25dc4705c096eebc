import { describe, expect, it } from 'vitest';
import { endpointId, messageId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { makeFanOut } from '../../../functions/fan-out/fan-out.flow.ts';
import type { FanOutPage } from '../../../functions/fan-out/fan-out.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import {
  APP,
  NOON,
  ORG,
  SETTINGS,
  application,
  endpoint,
  message,
} from '../../support/simulation/builders.ts';
import { makeMemoryTenants } from '../../support/simulation/tenants.ts';

const numbered = (count: number): readonly Endpoint[] =>
  Array.from({ length: count }, (_, index) =>
    endpoint({ id: endpointId(`ep_${String(index).padStart(4, '0')}`) }),
  );

interface Broken {
  readonly application?: string;
  readonly endpoint?: string;
  /** An endpoint whose row cannot be parsed. */
  readonly row?: string;
}

const makeBench = async (endpoints: readonly Endpoint[], broken: Broken = {}) => {
  const tenants = makeMemoryTenants(SETTINGS, (id) => id === broken.application || id === broken.row);
  await tenants.create(application());
  for (const one of endpoints) tenants.putEndpoint(one);
  const sent: Delivery[] = [];
  const later: { delivery: Delivery; at: number }[] = [];
  const wide: FanOutPage[] = [];
  let refused = false;
  const fanOut = makeFanOut({
    tenants,
    queue: {
      send: async (some) => void sent.push(...some.map(({ delivery }) => delivery)),
      sendEach: (some) =>
        Promise.allSettled(
          some.map(async ({ delivery }) => {
            if (delivery.endpointId === broken.endpoint) throw new Error('the queue refused it');
            sent.push(delivery);
          }),
        ),
    },
    wide: {
      send: async (pages) => {
        if (refused) throw new Error('no queue');
        wide.push(...pages);
      },
    },
    due: {
      put: async (delivery, at) => {
        if (delivery.endpointId === broken.endpoint) throw new Error('throttled');
        later.push({ delivery, at });
      },
    },
    now: () => NOON,
    step: noSteps,
  });
  return { tenants, fanOut, sent, later, wide, refuseWide: () => (refused = true) };
};

const idsOf = (deliveries: readonly Delivery[]) => deliveries.map((delivery) => delivery.endpointId);

describe('fan-out', () => {
  it('queues attempt number 1 of each message for each matching endpoint', async () => {
    const off = endpoint({ id: endpointId('ep_off'), disabled: true });
    const { fanOut, sent } = await makeBench([endpoint({ eventTypes: ['a'] }), off]);
    await fanOut.messages([message({ eventType: 'a' }), message({ eventType: 'b' })]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      trigger: { kind: 'scheduled', number: 1 },
      schedule: SETTINGS.retrySchedule,
      messageId: message().id,
    });
  });

  it('skips messages of a deleted application and fans out the others', async () => {
    const { fanOut, sent, tenants } = await makeBench([endpoint()]);
    await tenants.create(application({ id: 'app_gone' as typeof APP }));
    tenants.removeApplication(ORG, 'app_gone' as typeof APP);
    await fanOut.messages([message({ appId: 'app_gone' as typeof APP }), message()]);
    expect(sent).toHaveLength(1);
  });

  it('sends an example only to its own endpoint', async () => {
    const { fanOut, sent } = await makeBench(numbered(3));
    await fanOut.messages([message({ onlyEndpoint: endpointId('ep_0001') })]);
    expect(idsOf(sent)).toEqual(['ep_0001']);
  });

  it('sends an example whatever the filters of its endpoint, but not to a disabled endpoint', async () => {
    const filters = { eventTypes: ['other'], channels: ['eu'] };
    const endpoints = [
      endpoint({ id: endpointId('ep_0001'), ...filters }),
      endpoint({ id: endpointId('ep_0002'), disabled: true }),
    ];
    const { fanOut, sent } = await makeBench(endpoints);
    for (const id of ['ep_0001', 'ep_0002'])
      await fanOut.messages([message({ onlyEndpoint: endpointId(id) })]);
    expect(idsOf(sent)).toEqual(['ep_0001']);
  });

  it('stores deliveries with a deliverAt as due items, however soon it is', async () => {
    const { fanOut, sent, later } = await makeBench(numbered(2));
    await fanOut.messages([message({ deliverAt: NOON + 60_000 })]);
    expect(sent).toEqual([]);
    expect(later.map(({ at }) => at)).toEqual([NOON + 60_000, NOON + 60_000]);
  });

  it('hands a message for more than 100 endpoints to the fan-out queue, and sends one for 100 itself', async () => {
    const { fanOut, sent, wide, tenants } = await makeBench(numbered(100));
    await fanOut.messages([message()]);
    expect([sent.length, wide.length]).toEqual([100, 0]);
    tenants.putEndpoint(endpoint({ id: endpointId('ep_one-more') }));
    await fanOut.messages([message()]);
    expect([sent.length, wide.length]).toEqual([100, 1]);
  });
});

describe('a message that cannot be fanned out', () => {
  const BAD = 'app_bad' as typeof APP;
  const other = messageId('msg_other');

  it('is handed over to the fan-out queue when its application cannot be read, and other messages are sent', async () => {
    const { fanOut, sent, wide } = await makeBench([endpoint()], { application: BAD });
    const bad = message({ appId: BAD, id: other });
    expect(await fanOut.messages([bad, message()])).toEqual({ handedOver: 1 });
    expect(sent.map(({ appId }) => appId)).toEqual([APP]);
    expect(wide).toEqual([{ message: bad, after: null }]);
  });

  it('is handed over for the one endpoint whose delivery the queue refuses, and other deliveries are sent once', async () => {
    const { fanOut, sent, wide } = await makeBench(numbered(3), { endpoint: 'ep_0001' });
    await fanOut.messages([message()]);
    expect(idsOf(sent)).toEqual(['ep_0000', 'ep_0002']);
    const [page] = wide;
    expect(wide).toMatchObject([{ message: { id: message().id, onlyEndpoint: 'ep_0001' } }]);
    await fanOut.fanOutPage(page!);
    expect(idsOf(sent)).toEqual(['ep_0000', 'ep_0002', 'ep_0001']);
  });

  it('is handed over when its due items cannot be written, and other messages are sent', async () => {
    const { fanOut, sent, later, wide } = await makeBench(numbered(2), { endpoint: 'ep_0001' });
    await fanOut.messages([
      message({ deliverAt: NOON + 60_000 }),
      message({ id: other, onlyEndpoint: endpointId('ep_0000') }),
    ]);
    expect([idsOf(sent), later.length]).toEqual([['ep_0000'], 1]);
    expect(wide.map(({ message: { id } }) => id)).toEqual([message().id]);
  });

  it('fails the batch only if handing over fails too', async () => {
    const { fanOut, refuseWide } = await makeBench([endpoint()], { application: BAD });
    refuseWide();
    await expect(fanOut.messages([message({ appId: BAD })])).rejects.toThrow('no queue');
  });
});

describe('a wide message', () => {
  it('is delivered once to each endpoint, page by page', async () => {
    const { fanOut, sent, wide } = await makeBench(numbered(1201));
    await fanOut.messages([message()]);
    let pages = 0;
    for (let page = wide.shift(); page !== undefined; page = wide.shift()) {
      await fanOut.fanOutPage(page);
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(idsOf(sent)).toEqual(numbered(1201).map(({ id }) => id));
  });

  it('continues after the last endpoint of the previous page, even if that endpoint was deleted', async () => {
    const { fanOut, sent, tenants } = await makeBench(numbered(3));
    tenants.removeEndpoint(endpointId('ep_0001'));
    await fanOut.fanOutPage({ message: message(), after: endpointId('ep_0001') });
    expect(idsOf(sent)).toEqual(['ep_0002']);
  });

  it('ends without an error once its application is deleted', async () => {
    const { fanOut, sent, tenants } = await makeBench(numbered(3));
    tenants.removeApplication(ORG, APP);
    await fanOut.fanOutPage({ message: message(), after: null });
    expect(sent).toEqual([]);
  });
});
