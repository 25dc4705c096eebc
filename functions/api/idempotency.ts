import { createHash } from 'node:crypto';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Answer, IdempotencyLock, StoredResponse, Run } from '../idempotency/run-once.flow.ts';
import { Refusal, replyText } from './errors.ts';
import type { Reply } from './errors.ts';
import { RawJson } from './wire/json.ts';
import type { Call } from './call.ts';

/** Visible ASCII and spaces: other keys are not readable as header text, and are ignored. */
const READABLE = /^[\x20-\x7e]*$/;

/**
 * What repeats of one request have in common: credentials, key, path and query; never the body. null where no key was
 * given: an empty or blank one would let unrelated requests pass for repeats.
 */
export const idempotencyDigest = ({ request, target }: Pick<Call, 'request' | 'target'>): string | null => {
  const key = request.headers.get('idempotency-key');
  if (key === null || key.trim() === '' || !READABLE.test(key)) return null;
  const credentials = request.headers.get('authorization') ?? '';
  // No header value holds a line break, so the parts cannot run into each other.
  return createHash('sha256').update(`${credentials}\n${key}\n${target}`).digest('base64url');
};

/** Tells apart repeats that carry another body than the first request. */
export const requestDigest = async ({ body }: Pick<Call, 'body'>): Promise<string> =>
  createHash('sha256')
    .update(await body())
    .digest('base64url');

/** What the answer to a repeat says beside the first one's. */
export const replayedHeaders = ({ mismatch }: { readonly mismatch: boolean }) => ({
  'idempotency-replayed': 'true',
  ...(mismatch ? { 'idempotency-mismatch': 'true' } : {}),
});

/** The receipt of an answer, for the transaction that makes what it tells of. */
export type StoredResponseFor = (reply: Reply) => StoredResponse;

const isStored = ({ status }: Reply): boolean => status >= 200 && status < 300;
const answerOf = (reply: Reply): Answer => ({ status: reply.status, body: replyText(reply) });
const same = (left: Answer | undefined, right: Answer): boolean =>
  left?.status === right.status && left.body === right.body;

/** The reply of a run; it is stored already where its receipt went out and it is still the answer. */
const runOf = (reply: Reply, issued: Answer | undefined): Run<Reply> => ({
  result: reply,
  answer: isStored(reply) ? answerOf(reply) : null,
  stored: isStored(reply) && same(issued, answerOf(reply)),
});

/** The answer of the first request with this key, or else of this one. Only answers of 2xx are kept. */
export const runOnceByKey = async (
  call: Call,
  orgId: OrgId,
  answer: (storedResponseFor?: StoredResponseFor) => Promise<Reply>,
): Promise<Reply> => {
  const digest = idempotencyDigest(call);
  if (digest === null) return answer();
  const run = async (lock: IdempotencyLock): Promise<Run<Reply>> => {
    let issued: Answer | undefined;
    const storedResponseFor: StoredResponseFor = (reply) => {
      issued = answerOf(reply);
      return { lock, answer: issued, at: call.deps.now() };
    };
    return runOf(await answer(storedResponseFor), issued);
  };
  const key = { orgId, digest, requestDigest: await requestDigest(call) };
  const outcome = await call.deps.runOnce(key, run);
  switch (outcome.kind) {
    case 'ran':
      return outcome.result;
    case 'replayed': {
      const { status, body } = outcome.answer;
      const headers = replayedHeaders(outcome);
      return body === null ? { status, headers } : { status, headers, body: new RawJson(body) };
    }
    case 'busy':
      throw new Refusal('request_in_progress', undefined, { 'retry-after': '1' });
  }
};
