import type { Context } from 'aws-lambda';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { lambdaHandler } from '../../../functions/platform/lambda/handler.ts';
import { logger } from '../../../functions/platform/lambda/logger.ts';

// The logger takes its level when it is imported.
vi.hoisted(() => vi.stubEnv('LOG_LEVEL', 'INFO'));
afterAll(() => void vi.unstubAllEnvs());

const contextOf = (awsRequestId: string) =>
  ({ awsRequestId, functionName: 'deliver', invokedFunctionArn: 'arn:deliver' }) as Context;

afterEach(() => vi.restoreAllMocks());

/** The log lines of two invocations, `one` and `two`. */
const logged = async (work: () => Promise<void>): Promise<Record<string, unknown>[]> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const handler = lambdaHandler(work);
  await handler({}, contextOf('one')).catch(() => undefined);
  await handler({}, contextOf('two'));
  return write.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
};

describe('function log', () => {
  it('has the request id of the invocation on each line', async () => {
    const lines = await logged(async () => logger.info('done', { records: 1 }));
    expect(lines).toMatchObject([
      { level: 'INFO', message: 'done', records: 1, function_request_id: 'one' },
      { level: 'INFO', message: 'done', records: 1, function_request_id: 'two' },
    ]);
  });

  it('carries no field from one invocation into the next, even when the first failed', async () => {
    let first = true;
    const lines = await logged(async () => {
      logger.info('start');
      if (!first) return;
      first = false;
      logger.appendKeys({ endpoint: 'ep_1' });
      logger.info('failing');
      throw new Error('no');
    });
    expect(lines.map(({ endpoint }) => endpoint)).toEqual([undefined, 'ep_1', undefined]);
  });

  it('omits the function name and ARN, which the log group already contains', async () => {
    const [line = {}] = await logged(async () => logger.info('done'));
    expect(line).not.toHaveProperty('function_name');
    expect(line).not.toHaveProperty('function_arn');
  });
});
