import { Logger } from '@aws-lambda-powertools/logger';

/** One structured line an invocation, small: logs cost more than compute. Level by LOG_LEVEL, name by the stage. */
export const logger = new Logger();
