import { LogFormatter, LogItem, Logger } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * Powertools' names, without what the log group or the function's configuration says already: name, ARN and memory of
 * the function are 200 bytes a line, and logs cost more than compute.
 */
class CompactFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, fields: LogAttributes): LogItem {
    const {
      logLevel: level,
      message,
      timestamp,
      serviceName: service,
      lambdaContext,
      xRayTraceId,
    } = attributes;
    return new LogItem({
      attributes: {
        ...{ level, message, timestamp: this.formatTimestamp(timestamp), service },
        ...(lambdaContext?.coldStart === true ? { cold_start: true } : {}),
        function_request_id: lambdaContext?.awsRequestId,
        xray_trace_id: xRayTraceId,
        ...fields,
      },
    });
  }
}

/** One structured line an invocation, small: logs cost more than compute. Level by LOG_LEVEL, name by the stage. */
export const logger = new Logger({ logFormatter: new CompactFormatter() });
