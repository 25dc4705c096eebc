import type { Operation } from './operation.ts';
import { applicationOperations } from './routes/applications.ts';
import { healthOperations } from './routes/health.ts';

/** Everything that is answered. Routes, wrong methods and the OpenAPI document all come from this table. */
export const operations: readonly Operation[] = [...applicationOperations, ...healthOperations];
