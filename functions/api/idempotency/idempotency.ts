import { createHash } from 'node:crypto';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { Answer, Hold, Receipt, Run } from './run-once.flow.ts';
import { replyText } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { RawJson } from '../wire/json.ts';
import type { Call } from '../operation.ts';

/** Visible ASCII and spaces: other keys are not readable as header text, and are ignored. */
const READABLE = /^[\x20-\x7e]*$/;

/**
 * What repeats of one request have in common: credentials, key, path and query; never the body. null where no key was
 * given. An empty key is one.
 */
export const idempotencyDigest = ({ request, target }: Pick<Call, 'request' | 'target'>): string | null => {
  const key = request.headers.get('idempotency-key');
  if (key === null || !READABLE.test(key)) return null;
  const credentials = request.headers.get('authorization') ?? '';
  // No header value holds a line break, so the parts cannot run into each other.
  return createHash('sha256').update(`${credentials}\n${key}\n${target}`).digest('base64url');
};

/** The receipt of an answer, for the transaction that makes what it tells of. */
export type ReceiptFor = (reply: Reply) => Receipt;

const BUSY: Reply = { status: 500 };

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
export const onceByKey = async (
  call: Call,
  orgId: OrgId,
  answer: (receiptFor?: ReceiptFor) => Promise<Reply>,
): Promise<Reply> => {
  const digest = idempotencyDigest(call);
  if (digest === null) return answer();
  const run = async (hold: Hold): Promise<Run<Reply>> => {
    let issued: Answer | undefined;
    const receiptFor: ReceiptFor = (reply) => {
      issued = answerOf(reply);
      return { hold, answer: issued, at: call.deps.now() };
    };
    return runOf(await answer(receiptFor), issued);
  };
  const outcome = await call.deps.once({ orgId, digest }, run);
  switch (outcome.kind) {
    case 'ran':
      return outcome.result;
    case 'replayed': {
      const { status, body } = outcome.answer;
      return body === null ? { status } : { status, body: new RawJson(body) };
    }
    case 'busy':
      return BUSY;
  }
};
