import type { AdmissionDecision } from './admission.domain.ts';
import type { Admit } from './admission.flow.ts';
import type { DeliveryContext, DeliveryReader } from '../delivery.port.ts';
import type { DeliveryRecord, ReceivedDelivery } from '../delivery-record.ts';
import { eachGroup } from '../../platform/each-group.domain.ts';

export interface ReadAndAdmitDeps {
  readonly reader: DeliveryReader;
  readonly admit: Admit;
}

export interface AdmittedRecord {
  readonly record: DeliveryRecord;
  readonly decision: AdmissionDecision;
}

/**
 * Reads and admits a batch; each record settles separately, in the order received. One strong read serves the whole
 * batch. Then the records of one application are admitted together, since they share its rows and its throttle, and
 * wait for no other application. A record that this read failed for (a throttled row, say) is read again alone, with
 * more patience, and delays no other.
 */
export type ReadAndAdmit = (received: readonly ReceivedDelivery[]) => readonly Promise<AdmittedRecord>[];

/** Waits until a delivery's context was read; undefined where the reader left the delivery out. */
type ReadContext = () => Promise<DeliveryContext | undefined>;

interface ReadingDelivery {
  readonly received: ReceivedDelivery;
  readonly readContext: ReadContext;
}

const applicationOf = ({ received: { delivery } }: ReadingDelivery) =>
  JSON.stringify([delivery.orgId, delivery.appId]);

const readRecord = async ({ received, readContext }: ReadingDelivery): Promise<DeliveryRecord> => {
  const context = await readContext();
  if (context === undefined) throw new Error('the reader left out a delivery');
  return { ...received, context };
};

export const makeReadAndAdmit = ({ reader, admit }: ReadAndAdmitDeps): ReadAndAdmit => {
  const admitAlone = async (received: ReceivedDelivery): Promise<AdmittedRecord> => {
    const reading = reader.read([received.delivery], 'long');
    const record = await readRecord({ received, readContext: async () => (await reading)[0]?.() });
    const [admission] = admit([record]);
    if (admission === undefined) throw new Error('a delivery was not admitted');
    return { record, decision: await admission };
  };

  const admitTogether = async (members: readonly ReadingDelivery[]) => {
    const read = await Promise.allSettled(members.map(readRecord));
    const records = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const admissions = admit(records);
    return members.map(({ received }) => async (): Promise<AdmittedRecord> => {
      const index = records.findIndex(({ delivery }) => delivery === received.delivery);
      const [record, admission] = [records[index], admissions[index]];
      if (record === undefined || admission === undefined) return admitAlone(received);
      return { record, decision: await admission };
    });
  };

  return (batch) => {
    // Without deliveries (drain timers alone) no read is started, since nothing would wait for its end.
    if (batch.length === 0) return [];
    const reading = reader.read(
      batch.map(({ delivery }) => delivery),
      'brief',
    );
    const members = batch.map((received, index): ReadingDelivery => ({
      received,
      readContext: async () => (await reading)[index]?.(),
    }));
    return eachGroup(members, applicationOf, admitTogether);
  };
};
