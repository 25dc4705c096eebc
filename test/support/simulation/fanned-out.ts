import type { Delivery, DeliveryQueue, DueStore } from '../../../functions/deliver/delivery.port.ts';

type FannedOut = Pick<Delivery, 'messageId' | 'endpointId'>;

/** The deliveries that fan-out made: each must reach a recorded terminal state. */
export const makeFannedOut = () => {
  const pairs = new Map<string, FannedOut>();
  const add = ({ messageId, endpointId }: FannedOut) =>
    void pairs.set(`${messageId} ${endpointId}`, { messageId, endpointId });
  return {
    all: (): readonly FannedOut[] => [...pairs.values()],
    /** The queue, which also notes the deliveries that it takes. */
    queue: <Queue extends Pick<DeliveryQueue, 'send' | 'sendEach'>>(queue: Queue): Queue => ({
      ...queue,
      send: async (some) => {
        await queue.send(some);
        for (const { delivery } of some) add(delivery);
      },
      sendEach: async (some) => {
        const sent = await queue.sendEach(some);
        for (const [index, { delivery }] of some.entries())
          if (sent[index]?.status === 'fulfilled') add(delivery);
        return sent;
      },
    }),
    due: (due: Pick<DueStore, 'put'>): Pick<DueStore, 'put'> => ({
      put: async (delivery, atMs, nowMs) => {
        await due.put(delivery, atMs, nowMs);
        add(delivery);
      },
    }),
  };
};
