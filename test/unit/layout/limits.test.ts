import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CANCEL_LEAD_MS } from '../../../functions/publish/cancel-message.flow.ts';
import {
  DELIVERY_QUEUE_OLDEST_SECONDS,
  DUPLICATE_DELAY_MS,
  LEAST_BODY_MS,
  LONGEST_ATTEMPT_MS,
  LONGEST_TEST_SECONDS,
  REQUEST_TIMEOUT_SECONDS,
  WIDE_ABOVE_ENDPOINTS,
} from '../../../functions/platform/limits/delivery.domain.ts';
import {
  DEFAULT_ENDPOINT_LIMITS,
  HARD_ENDPOINT_LIMITS,
} from '../../../functions/platform/limits/endpoints.domain.ts';
import {
  LONGEST_QUEUE_DELAY_SECONDS,
  QUEUE_RETENTION_DAYS,
  STARTS,
} from '../../../functions/platform/limits/queues.domain.ts';
import { MOST_BATCH_MESSAGES } from '../../../functions/platform/limits/requests.domain.ts';
import {
  DELETED_ROW_SECONDS,
  IDEMPOTENCY_SECONDS,
  LONGEST_DISABLE_PERIOD_SECONDS,
  RECOVER_DAYS,
  ROW_RETENTION_DAYS,
  STATISTICS_DAYS,
} from '../../../functions/platform/limits/retention.domain.ts';
import { LONGEST_RETRY_AFTER, RETRY_AFTER_LIMIT } from '../../../functions/platform/limits/retries.domain.ts';
import {
  LATEST_DELIVERY_MS,
  STREAM_MAX_AGE_HOURS,
} from '../../../functions/platform/limits/streams.domain.ts';
import {
  DAY_SECONDS,
  HOUR_SECONDS,
  MINUTE_MS,
  SECOND_MS,
} from '../../../functions/platform/limits/time.domain.ts';
import { LONGEST_PORTAL_TOKEN_SECONDS } from '../../../functions/platform/limits/tokens.domain.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import { projectDir } from '../../../scripts/local/paths.ts';

/** A page's text in one line. */
const textOf = (page: string) => readFileSync(join(projectDir, page), 'utf8').replaceAll(/\s+/g, ' ');

const words: Readonly<Record<number, string>> = {
  2: 'two',
  5: 'five',
  7: 'seven',
  12: 'twelve',
  14: 'fourteen',
};
const inWords = (count: number): string => words[count] ?? String(count);
const number = (value: number): string => value.toLocaleString('en-US');

const hoursOfRetries = DEFAULT_SETTINGS.retrySchedule.reduce((sum, delay) => sum + delay, 0) / HOUR_SECONDS;

it.each([
  ['docs/architecture.md', `The duplicate starts ${DUPLICATE_DELAY_MS / SECOND_MS} seconds later`],
  ['docs/architecture.md', `A retry within ${LONGEST_QUEUE_DELAY_SECONDS / 60} minutes is an SQS delay`],
  ['docs/architecture.md', `message for more than ${WIDE_ABOVE_ENDPOINTS} endpoints`],
  ['docs/architecture.md', `A batch of up to ${MOST_BATCH_MESSAGES} messages`],
  ['docs/compatibility.md', `\`deliverAt\` is more than ${CANCEL_LEAD_MS / SECOND_MS} seconds ahead`],
  ['docs/compatibility.md', `that of \`recover\` is ${LONGEST_ATTEMPT_MS / SECOND_MS} seconds before`],
  ['docs/compatibility.md', `of \`replay-missing\` is ${LATEST_DELIVERY_MS / MINUTE_MS} minutes before`],
  ['docs/compatibility.md', `at most ${RECOVER_DAYS} days back`],
  ['docs/compatibility.md', `up to ${inWords(RETRY_AFTER_LIMIT / HOUR_SECONDS)} hours, or up to twice`],
  ['docs/compatibility.md', `never for more than ${inWords(LONGEST_RETRY_AFTER / DAY_SECONDS)} days`],
  ['docs/compatibility.md', `(${inWords(LEAST_BODY_MS / SECOND_MS)} seconds at least)`],
  ['docs/compatibility.md', `at most ${LONGEST_DISABLE_PERIOD_SECONDS / DAY_SECONDS} days`],
  [
    'docs/compatibility.md',
    `at most ${number(HARD_ENDPOINT_LIMITS.endpoints)} endpoints with ${HARD_ENDPOINT_LIMITS.applicationBytes / 1_000_000} MB`,
  ],
  ['docs/compatibility.md', `an endpoint at most ${number(DEFAULT_ENDPOINT_LIMITS.endpointBytes)} bytes`],
  ['docs/compatibility.md', `the third up to ${number(HARD_ENDPOINT_LIMITS.endpointBytes)}.`],
  ['docs/compatibility.md', `their response for ${IDEMPOTENCY_SECONDS / HOUR_SECONDS} hours`],
  ['docs/compatibility.md', `a token is valid for ${LONGEST_PORTAL_TOKEN_SECONDS / DAY_SECONDS} days`],
  ['docs/guides/migrate-from-svix.md', `(${Math.round(hoursOfRetries)} hours by default)`],
  [
    'docs/guides/receive-and-verify.md',
    `Answer 2xx within ${REQUEST_TIMEOUT_SECONDS.byDefault} seconds (${LONGEST_TEST_SECONDS} for a test attempt`,
  ],
  ['docs/ingest.md', `after ${inWords(STARTS.ingest)} starts`],
  ['docs/operate.md', `after ${DELETED_ROW_SECONDS / DAY_SECONDS} days, which`],
  ['docs/portal-api.md', `at most ${STATISTICS_DAYS} days`],
  ['docs/portal-api.md', `at most ${LONGEST_TEST_SECONDS} seconds (\`timeoutMs\`)`],
  ['docs/reliability.md', `retry schedule of ${Math.round(hoursOfRetries)} hours`],
  ['docs/runbook.md', `SQS deletes dead letters after ${inWords(QUEUE_RETENTION_DAYS)} days`],
  ['docs/runbook.md', `dead-lettered after ${inWords(STARTS.tasks)} starts`],
  ['docs/runbook.md', `a whole batch that failed for ${inWords(STREAM_MAX_AGE_HOURS)} hours`],
  [
    'docs/runbook.md',
    `wait for receivers for up to ${LONGEST_TEST_SECONDS + LEAST_BODY_MS / SECOND_MS} seconds`,
  ],
  [
    'docs/runbook.md',
    DELIVERY_QUEUE_OLDEST_SECONDS === 1_800 ? 'deliveries wait for longer than half an hour' : '',
  ],
  ['README.md', `Rows are kept for ${ROW_RETENTION_DAYS} days`],
])('documentation: %s states the limit of the code: %s', (page, text) => {
  expect(text).not.toBe('');
  expect(textOf(page)).toContain(text);
});
