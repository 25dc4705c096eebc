import type { Story } from '../parts/story.ts';

/** The one route that has a function to itself. */
export const PUBLISH_PATH = '/api/v1/app/{app_id}/msg';

export const FAULTS_STORY: Story = {
  impact: 'API calls fail: the platform cannot publish, or its customers see errors.',
  runbook: 'api-faults',
  replay: 'none needed, callers repeat with the same idempotency key',
};

/** As little as answers "who, what, how long": logs are billed by the byte. Paths are left out, they name tenants. */
export const ACCESS_LOG_FIELDS = {
  id: '$context.requestId',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  status: '$context.status',
  ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
};
