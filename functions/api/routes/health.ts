import * as z from 'zod';
import { openOperation, tagged } from '../operation.ts';
import { component } from '../wire/component.ts';

const part = () => z.object({ status: z.enum(['ok', 'error']) });
const healthOut = component('HealthOut', () => ({ database: part(), queue: part(), cache: part() }));

const print = (good: boolean) => ({ status: good ? 'ok' : 'error' });

const health = openOperation({
  operationId: 'v1.health.get',
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Check the database, the queue and the cache',
  responses: () => ({ 200: healthOut(), 500: healthOut() }),
  handle: async ({ deps }) => {
    const { database, queue, cache } = await deps.health();
    return {
      status: database && queue && cache ? 200 : 500,
      body: { database: print(database), queue: print(queue), cache: print(cache) },
    };
  },
});

const ping = openOperation({
  operationId: 'v1.health.ping',
  method: 'GET',
  path: '/api/v1/health/ping',
  summary: 'Check that the API responds, without its dependencies',
  responses: () => ({ 204: null }),
  handle: () => ({ status: 204 }),
});

export const healthOperations = tagged('Health', [health, ping]);
