import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerCloudFormation } from '../../../functions/portal-host/cloudformation-answer.ts';

/** CloudFormation's bucket for answers. `failures`: how many answers it refuses first. */
const received: { method: string; type: string | undefined; body: Record<string, unknown> }[] = [];
let failures = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    failures -= 1;
    response.writeHead(failures >= 0 ? 503 : 200).end();
    if (failures >= 0) return;
    received.push({
      method: request.method ?? '',
      type: request.headers['content-type'],
      body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
    });
  });
});

let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=1`;
});
afterAll(() => server.close());
beforeEach(() => {
  received.length = 0;
  failures = 0;
});

const event = () =>
  ({
    RequestType: 'Update',
    ResponseURL: url,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'PortalPage',
    PhysicalResourceId: 'PortalPage',
  }) as unknown as CloudFormationCustomResourceEvent;

describe('a custom resource reports to CloudFormation', () => {
  it('that its work is done, with a physical id that never changes', async () => {
    await answerCloudFormation(event(), async () => undefined);
    expect(received).toEqual([
      {
        method: 'PUT',
        // The signature of the URL covers an empty content type.
        type: undefined,
        body: {
          StackId: 'stack',
          RequestId: 'request',
          LogicalResourceId: 'PortalPage',
          PhysicalResourceId: 'PortalPage',
          Status: 'SUCCESS',
        },
      },
    ]);
  });

  it('why its work failed, so that the deployment does not wait for its timeout', async () => {
    await answerCloudFormation(event(), () => Promise.reject(new Error('the bucket is gone')));
    expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: 'the bucket is gone' });
  });

  it('again when the first answers do not arrive', async () => {
    failures = 2;
    await answerCloudFormation(event(), async () => undefined);
    expect(received).toHaveLength(1);
  });

  it('nothing and fails when no answer arrives, so that Lambda repeats the event', async () => {
    failures = 3;
    await expect(answerCloudFormation(event(), async () => undefined)).rejects.toThrow('answered 503');
  });
});
