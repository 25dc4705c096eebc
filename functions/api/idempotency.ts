import { createHash } from 'node:crypto';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Answer, IdempotencyLock, StoredResponse, Run } from '../idempotency/run-once.flow.ts';
import { Refusal, replyText } from './errors.ts';
import type { Reply } from './errors.ts';
import { RawJson } from './wire/json.ts';
import type { Call } from './call.ts';

/** Printable ASCII. Other keys are ignored, because they cannot be decoded as header text. */
const READABLE = /^[\x20-\x7e]*$/;

/**
 * The identity of a request under its idempotency key: a digest of credentials, key, path and query, but not the body.
 * null without a key. An empty or blank key counts as none, since unrelated requests may have it.
 */
export const idempotencyDigest = ({ request, target }: Pick<Call, 'request' | 'target'>): string | null => {
  const key = request.headers.get('idempotency-key');
  if (key === null || key.trim() === '' || !READABLE.test(key)) return null;
  const credentials = request.headers.get('authorization') ?? '';
  // Header values cannot contain line breaks, so the concatenation is unambiguous.
  return createHash('sha256').update(`${credentials}\n${key}\n${target}`).digest('base64url');
};

/** A digest of the body, to detect repeats with another body than the first request. */
export const requestDigest = async ({ body }: Pick<Call, 'body'>): Promise<string> =>
  createHash('sha256')
    .update(await body())
    .digest('base64url');

/** A digest of one item of a body, likewise. */
export const textDigest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Headers that the response to a repeat has in addition to the first response. */
export const replayedHeaders = ({ mismatch }: { readonly mismatch: boolean }) => ({
  'idempotency-replayed': 'true',
  ...(mismatch ? { 'idempotency-mismatch': 'true' } : {}),
});

/** Makes the stored response for a reply, for the transaction that creates the item. */
export type StoredResponseFor = (reply: Reply) => StoredResponse;

const isStored = ({ status }: Reply): boolean => status >= 200 && status < 300;
const answerOf = (reply: Reply): Answer => ({ status: reply.status, body: replyText(reply) });
const same = (left: Answer | undefined, right: Answer): boolean =>
  left?.status === right.status && left.body === right.body;

/** The run of a reply. It counts as stored if the transaction stored (`issued`) exactly this reply. */
const runOf = (reply: Reply, issued: Answer | undefined): Run<Reply> => ({
  result: reply,
  answer: isStored(reply) ? answerOf(reply) : null,
  stored: isStored(reply) && same(issued, answerOf(reply)),
});

/** Returns the stored response of the first request with this key, or runs this one. Only 2xx responses are stored. */
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
