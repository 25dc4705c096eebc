import { signedHeaderNames } from '../../deliver/signing/header-names.domain.ts';
import { maySeeSecrets, shownHeaders } from '../attempt-details.ts';
import { mustFindEndpoint, settingsOf } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { PING_TYPE, examplePayload } from '../event-example.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { printTestAttempt, testAttemptIn, testAttemptOut } from '../schemas/test-attempt.ts';

const RETRY_AFTER = { 'retry-after': '1' };

/** HTTP APIs route this path with a slash at its end to another function. */
const ELSEWHERE = 'Send this request to its path without a slash at the end.';

const testAttempt = applicationOperation({
  operationId: 'v1.endpoint.test-attempt',
  needs: 'CreateAttempts',
  method: 'POST',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt',
  summary: 'Send one request to an endpoint and return what came back; nothing is recorded',
  body: testAttemptIn,
  responses: () => ({ 200: testAttemptOut() }),
  handle: async ({ deps, application, caller, param, body }) => {
    if (deps.sendTest === undefined) throw new Refusal('not_implemented', ELSEWHERE);
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const asked = { ...body, eventType: body.eventType ?? PING_TYPE };
    const payload = await examplePayload(deps, caller, asked);
    const settings = await settingsOf(deps, application.orgId);
    const attempt = await deps.sendTest({ settings, endpoint, body: Buffer.from(payload) });
    if (attempt.kind === 'limited') throw new Refusal('too_many_requests', undefined, RETRY_AFTER);
    const [, , signatures] = signedHeaderNames(settings.webhookHeaderPrefix);
    const masked = maySeeSecrets(caller) ? [] : [signatures];
    return { status: 200, body: printTestAttempt(attempt, (headers) => shownHeaders(headers, masked)) };
  },
});

export const testAttemptOperations = tagged('Endpoint', [testAttempt]);
