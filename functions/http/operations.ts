import type { Operation } from './operation.ts';
import { applicationOperations } from './routes/applications.ts';
import { attemptOperations } from './routes/attempts.ts';
import { endpointSecretOperations } from './routes/endpoint-secrets.ts';
import { endpointOperations } from './routes/endpoints.ts';
import { healthOperations } from './routes/health.ts';
import { managementOperations } from './routes/management.ts';
import { messageOperations } from './routes/messages.ts';

/** Everything that is answered. Routes, wrong methods and the OpenAPI document all come from this table. */
export const operations: readonly Operation[] = [
  ...applicationOperations,
  ...endpointOperations,
  ...endpointSecretOperations,
  ...messageOperations,
  ...attemptOperations,
  ...managementOperations,
  ...healthOperations,
];
