import { SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';

const client = new SQSClient({});

export interface Invoice {
  readonly id: string;
  readonly customer: string;
  /** JSON text. Receivers get these bytes. */
  readonly document: string;
}

/** Publishes up to ten invoices in one call, whose bodies have a megabyte together. */
export const publishInvoices = async (invoices: readonly Invoice[]): Promise<void> => {
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: process.env['INGEST_QUEUE_URL'],
      Entries: invoices.map(({ id, customer, document }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({
          application: customer,
          eventType: 'invoice.created',
          eventId: `invoice-${id}`,
          payloadRaw: document,
        }),
      })),
    }),
  );
  if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} of ${invoices.length} messages`);
};
