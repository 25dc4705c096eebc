import type { Operation } from './operation.ts';
import { applicationOperations } from './routes/applications.ts';
import { attemptedDestinationOperations } from './routes/attempted-destinations.ts';
import { attemptedMessageOperations } from './routes/attempted-messages.ts';
import { attemptOperations } from './routes/attempts.ts';
import { authenticationOperations } from './routes/authentication.ts';
import { backgroundTaskOperations } from './routes/background-tasks.ts';
import { endpointHeaderOperations } from './routes/endpoint-headers.ts';
import { endpointSecretOperations } from './routes/endpoint-secrets.ts';
import { endpointOperations } from './routes/endpoints.ts';
import { endpointStatsOperations } from './routes/endpoint-stats.ts';
import { environmentOperations } from './routes/environment/environment.ts';
import { failureOperations } from './routes/failures.ts';
import { expungeOperations } from './routes/expunge.ts';
import { eventTypeImportOperations } from './routes/environment/event-type-import.ts';
import { eventTypeOperations } from './routes/event-types.ts';
import { healthOperations } from './routes/health.ts';
import { managementOperations } from './routes/management.ts';
import { messageBatchOperations } from './routes/message-batch.ts';
import { messageOperations } from './routes/messages.ts';
import { offSpanOperations } from './routes/off-spans.ts';
import { operationalWebhookEndpointOperations } from './operational-webhooks/endpoints.ts';
import { portalSettingsOperations } from './routes/portal-settings.ts';
import { replayOperations } from './routes/replay.ts';
import { resendOperations } from './routes/resend.ts';
import { sendExampleOperations } from './routes/send-example.ts';
import { statisticsOperations } from './routes/statistics/usage.ts';
import { testAttemptOperations } from './routes/test-attempt.ts';

/** All operations. The routes, the Allow header of a 405 and the OpenAPI document derive from this table. */
export const operations: readonly Operation[] = [
  ...applicationOperations,
  ...endpointOperations,
  ...endpointHeaderOperations,
  ...endpointSecretOperations,
  ...endpointStatsOperations,
  ...failureOperations,
  ...eventTypeOperations,
  ...eventTypeImportOperations,
  ...environmentOperations,
  ...messageOperations,
  ...messageBatchOperations,
  ...attemptOperations,
  ...attemptedMessageOperations,
  ...attemptedDestinationOperations,
  ...expungeOperations,
  ...resendOperations,
  ...sendExampleOperations,
  ...testAttemptOperations,
  ...replayOperations,
  ...offSpanOperations,
  ...backgroundTaskOperations,
  ...statisticsOperations,
  ...authenticationOperations,
  ...operationalWebhookEndpointOperations,
  ...portalSettingsOperations,
  ...managementOperations,
  ...healthOperations,
];
