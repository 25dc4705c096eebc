import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { makeApiHandler } from '../../../functions/api/api-handler.ts';
import { makeSimulation } from './fakes.ts';

const event = {
  version: '2.0',
  rawPath: '/api/v1/health/',
  rawQueryString: '',
  headers: {},
  requestContext: { http: { method: 'GET' } },
  isBase64Encoded: false,
} as unknown as APIGatewayProxyEventV2;

const call = async (handler: ReturnType<typeof makeApiHandler>) =>
  handler(event, { getRemainingTimeInMillis: () => 30_000 } as unknown as Context);

describe('API Lambda handler', () => {
  it('answers through the router and builds its dependencies once per cold start', async () => {
    let built = 0;
    const handler = makeApiHandler(() => {
      built += 1;
      return makeSimulation().deps;
    });
    expect(await call(handler)).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    await call(handler);
    expect(built).toBe(1);
  });

  it('answers 500 with an empty object when building the dependencies fails, and builds them again on the next call', async () => {
    let built = 0;
    const handler = makeApiHandler(() => {
      built += 1;
      if (built === 1) throw new Error('secret not readable');
      return makeSimulation().deps;
    });
    expect(await call(handler)).toMatchObject({ statusCode: 500, body: '{}' });
    expect(await call(handler)).toMatchObject({ statusCode: 200 });
  });
});
