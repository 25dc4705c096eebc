import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { logger } from '../platform/lambda/logger.ts';

const ATTEMPTS = 3;
const ATTEMPT_MS = 10_000;

const send = async (url: string, body: string): Promise<void> => {
  // The URL is signed for a request without a content type.
  const response = await fetch(url, {
    ...{ method: 'PUT', body: new TextEncoder().encode(body) },
    signal: AbortSignal.timeout(ATTEMPT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`CloudFormation's URL answered ${response.status}`);
};

/**
 * Does the work of a custom resource and reports to CloudFormation how it went: without an answer a deployment hangs until its
 * timeout. The physical id never changes, since a change would delete the resource after the update.
 */
export const answerCloudFormation = async (
  event: CloudFormationCustomResourceEvent,
  work: () => Promise<void>,
): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const failure = await work().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  if (failure !== undefined) logger.error('custom resource failed', { error: failure });
  const body = JSON.stringify({
    ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId: LogicalResourceId },
    ...(failure === undefined
      ? { Status: 'SUCCESS' }
      : { Status: 'FAILED', Reason: failure.message.slice(0, 500) || failure.name }),
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(event.ResponseURL, body);
      return;
    } catch (error) {
      // Lambda repeats an asynchronous invocation that fails, which repeats the work: it is idempotent.
      if (attempt === ATTEMPTS) throw error;
    }
  }
};
