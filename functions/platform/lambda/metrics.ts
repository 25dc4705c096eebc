import { Metrics } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

/** Metrics as log lines (EMF), under the stage's namespace. Never by tenant: each new dimension is a metric to pay for. */
export const metrics = new Metrics({ logger });
