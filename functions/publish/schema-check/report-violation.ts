import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from '../../platform/lambda/logger.ts';
import { metrics } from '../../platform/lambda/metrics.ts';
import type { ReportedViolation } from './check-payload.flow.ts';

/** Logs a payload that violates its schema, without its values, and counts it. Stages share a namespace of metrics. */
export const makeReportViolation =
  (stage: string) =>
  ({ orgId, appId, eventType, refused, violations }: ReportedViolation): void => {
    logger.warn('payload violates its schema', { orgId, appId, eventType, refused, violations });
    const single = metrics.singleMetric();
    single.addDimension('stage', stage);
    single.addDimension('setting', refused ? 'reject' : 'warn');
    single.addMetric('SchemaViolations', MetricUnit.Count, 1);
  };
