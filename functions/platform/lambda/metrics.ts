import { Metrics } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

/** Metrics in the Embedded Metric Format (EMF). No tenant dimensions: CloudWatch bills each combination as a metric. */
export const metrics = new Metrics({ logger });
