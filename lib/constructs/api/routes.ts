import type { StageConfig } from '../../config.ts';
import type { OnCallInformation } from '../../building-blocks/on-call-information.ts';

/** The one route that has a function to itself. */
export const PUBLISH_PATH = '/api/v1/app/{app_id}/msg';

const shareOf = ({ rate, burst }: StageConfig['throttle'], share: number): StageConfig['throttle'] => ({
  rate: Math.max(1, Math.floor(rate * share)),
  burst: Math.max(1, Math.floor(burst * share)),
});

/**
 * What a gateway lets through of each kind of work. A flood of commands or reads is refused at its own allowance, and
 * publishing, which alone has all of the stage's, is refused last.
 */
export const allowances = ({ throttle }: StageConfig) => ({
  publish: shareOf(throttle, 1),
  query: shareOf(throttle, 1 / 2),
  admin: shareOf(throttle, 1 / 4),
});

export const FAULTS_ON_CALL: OnCallInformation = {
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
