import type { Admission, Admit } from './admission.flow.ts';
import type { Delivery, DeliveryContext, DeliveryReader } from './delivery.port.ts';
import { eachGroup } from '../platform/each-group.domain.ts';

export interface AdmitBatchDeps {
  readonly reader: DeliveryReader;
  readonly admit: Admit;
}

/** A delivery with all that is known of it, and what becomes of it. */
export interface Admitted {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly admission: Admission;
}

const applicationOf = ({ delivery }: { readonly delivery: Delivery }) =>
  JSON.stringify([delivery.orgId, delivery.appId]);

/**
 * Reads and admits a batch, so that each delivery settles by itself. One strong read serves all; from then on those of
 * one application go on together, since they share its rows and its throttle, and wait for no other application. What
 * the read did not bring (a row was throttled, say) is read again alone, while the others are on their way.
 */
export const admitBatch = (
  { reader, admit }: AdmitBatchDeps,
  deliveries: readonly Delivery[],
): readonly Promise<Admitted>[] => {
  // A batch of drain timers alone: a read that nothing waits for would be left running.
  if (deliveries.length === 0) return [];
  const reading = reader.read(deliveries, 'brief');
  const received = deliveries.map((delivery, index) => ({
    delivery,
    read: async () => (await reading)[index]?.(),
  }));

  const alone = async (delivery: Delivery): Promise<Admitted> => {
    const [read] = await reader.read([delivery], 'long');
    const context = await read?.();
    const [admission] = admit([delivery], [context]);
    if (context === undefined || admission === undefined) throw new Error('the reader left out a delivery');
    return { delivery, context, admission: await admission };
  };

  return eachGroup(received, applicationOf, async (members) => {
    const found = await Promise.allSettled(members.map(({ read }) => read()));
    const contexts = found.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    const admissions = admit(
      members.map(({ delivery }) => delivery),
      contexts,
    );
    return members.map(({ delivery }, position) => async () => {
      const [context, admission] = [contexts[position], admissions[position]];
      if (context === undefined || admission === undefined) return alone(delivery);
      return { delivery, context, admission: await admission };
    });
  });
};
