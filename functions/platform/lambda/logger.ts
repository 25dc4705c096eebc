import { LogFormatter, LogItem, Logger } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { currentLogFields } from './log-fields.ts';

/**
 * Powertools' field names without the service and the function's name, ARN and memory, which the log group and the function's
 * configuration state already: they are 220 bytes a line, and logs cost more than compute.
 */
class CompactFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, lambdaContext, xRayTraceId } = attributes;
    return new LogItem({
      attributes: {
        ...{ level, message, timestamp: this.formatTimestamp(timestamp) },
        ...(lambdaContext?.coldStart === true ? { cold_start: true } : {}),
        function_request_id: lambdaContext?.awsRequestId,
        xray_trace_id: xRayTraceId,
        ...currentLogFields(),
        ...fields,
      },
    });
  }
}

/**
 * Structured logs with the fields of the current request or record (log-fields.ts). Level from LOG_LEVEL, service from
 * POWERTOOLS_SERVICE_NAME.
 */
export const logger = new Logger({ logFormatter: new CompactFormatter() });

/** A batch without failures leaves no line at level INFO: Lambda counts invocations, and logs cost more than compute. */
export const logBatch = (counts: {
  readonly records: number;
  readonly items?: number;
  readonly failed: number;
}): void => {
  if (counts.failed === 0) logger.debug('batch processed', counts);
  else logger.info('batch processed', counts);
};
