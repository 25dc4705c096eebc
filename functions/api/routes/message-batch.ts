import type { SchemaViolation } from '../../catalog/event-types/json-schema.ts';
import type { Message } from '../../messages/message.domain.ts';
import { PAGE_BYTES } from '../../platform/limits/memory.domain.ts';
import { joinItemDigests } from '../../publish/item-digests.domain.ts';
import type { BatchItemOutcome, MessageContent } from '../../publish/messages.port.ts';
import type { Deps } from '../deps.ts';
import { FAULT, Invalid, Refusal, replyTo } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { idempotencyDigest, replayedHeaders, textDigest } from '../idempotency.ts';
import { memoize } from '../memoize.ts';
import { organizationOperation, tagged } from '../operation.ts';
import { rateLimitHeaders } from '../rate-limit-headers.ts';
import { violationErrors } from '../schema-violations.ts';
import { applicationFields } from '../schemas/application.ts';
import { messageBatchIn, messageBatchOut } from '../schemas/message-batch.ts';
import { messageIn, printMessage } from '../schemas/message.ts';
import { bodyDecoder } from '../wire/decode.ts';
import { WITHHELD, storedPayload } from '../wire/json.ts';
import type { Json, RawJson } from '../wire/json.ts';
import {
  conflict,
  applicationInPath,
  asksForContent,
  contentBytes,
  messageContent,
  notPublished,
  withContent,
} from './messages.ts';
import type { ValueOf } from '../wire/component.ts';

type Body = ValueOf<typeof messageIn>;

/** An item of the request: the message that it asks for, or the item of the response that says what is wrong with it. */
type Item = { readonly body: Body; readonly content: MessageContent } | { readonly refusal: Json };

const decodeItem = memoize(() => bodyDecoder(messageIn()));

/** Decodes an item as the body of POST /msg. */
const itemOf = ({ text }: RawJson, nowMs: number): Item => {
  try {
    const body = decodeItem()(Buffer.from(text));
    return { body, content: messageContent(body, nowMs) };
  } catch (thrown) {
    if (!(thrown instanceof Invalid)) throw thrown;
    return { refusal: { status: 422, detail: thrown.errors.map((error) => ({ ...error })) } };
  }
};

const FAILED = {
  code: 'server_error',
  detail: 'The message was not stored: repeat the request with the same idempotency key.',
};

const errorItem = (refusal: Refusal, more: Readonly<Record<string, Json>> = {}): Json => {
  const { status } = replyTo(refusal) ?? FAULT;
  return { status, code: refusal.code, detail: refusal.message, ...more };
};

type Found = Extract<BatchItemOutcome, { kind: 'accepted' | 'replayed' }>;
const isFound = (outcome: BatchItemOutcome): outcome is Found =>
  outcome.kind === 'accepted' || outcome.kind === 'replayed';

/**
 * The payloads to print, by message id. Those that exceed the bytes of a response are left out: only repeats with other
 * items than the first request reach so many.
 */
const payloadsOf = async (deps: Deps, outcomes: readonly BatchItemOutcome[], nowMs: number) => {
  let bytes = 0;
  const printed = outcomes.filter(isFound).filter(({ message }) => {
    bytes += contentBytes(message, nowMs);
    return bytes <= PAGE_BYTES;
  });
  const stored = printed.filter(({ kind }) => kind === 'replayed').map(({ message }) => message);
  const bodies = await deps.messages.bodies(stored, nowMs);
  const payloads = new Map<Message, Uint8Array | null>(
    stored.map((message, index) => [message, bodies[index] ?? null]),
  );
  for (const one of printed) if (one.kind === 'accepted') payloads.set(one.message, one.body);
  return payloads;
};

const printViolations = (violations: readonly SchemaViolation[]): Json =>
  violationErrors(violations).map((error) => ({ ...error }));

const marksOf = (outcome: Found): Readonly<Record<string, Json>> => {
  if (outcome.kind === 'replayed') return { replayed: true, mismatch: outcome.mismatch };
  return outcome.warnings === undefined ? {} : { schemaViolations: printViolations(outcome.warnings) };
};

/** One item of the response. `refusal`: what is printed for an item that was refused by its content. */
const printItem = (
  outcome: BatchItemOutcome,
  payload: Uint8Array | null | undefined,
  refusal: Json | undefined,
): Json => {
  switch (outcome.kind) {
    case 'accepted':
    case 'replayed': {
      const content = payload === undefined ? WITHHELD : storedPayload(payload);
      return { ...printMessage(outcome.message, content), status: 202, ...marksOf(outcome) };
    }
    case 'schema-violation':
      return { status: 422, detail: printViolations(outcome.violations) };
    case 'limited':
      return errorItem(new Refusal('too_many_requests'), { retryAfter: outcome.retryAfterSeconds });
    case 'failed':
      return { status: FAULT.status, ...FAILED };
    case 'application-not-found':
      return errorItem(new Refusal('not_found', 'Application not found'));
    case 'conflict':
      return errorItem(conflict(outcome));
    case 'refused':
      return refusal ?? errorItem(new Refusal('not_found'));
  }
};

interface Answer {
  readonly outcomes: readonly BatchItemOutcome[];
  readonly refusalAt: (place: number) => Json | undefined;
  readonly includeContent: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const reply = async (deps: Deps, nowMs: number, answer: Answer): Promise<Reply> => {
  const { outcomes, refusalAt, includeContent, headers = {} } = answer;
  const payloads = includeContent ? await payloadsOf(deps, outcomes, nowMs) : new Map<Message, null>();
  const data = outcomes.map((outcome, place) =>
    printItem(outcome, isFound(outcome) ? payloads.get(outcome.message) : undefined, refusalAt(place)),
  );
  const replayed = outcomes.filter((outcome) => outcome.kind === 'replayed');
  const mismatch = replayed.some((outcome) => outcome.mismatch);
  const marks = replayed.length === 0 ? {} : replayedHeaders({ mismatch });
  return { status: 202, body: { data }, headers: { ...headers, ...marks } };
};

const logFailures = (deps: Deps, outcomes: readonly BatchItemOutcome[]): void => {
  outcomes.forEach((outcome, index) => {
    if (outcome.kind === 'failed')
      deps.log.error('message of a batch not stored', { index, error: outcome.error });
  });
};

const refusalOf = (item: Item | undefined): Json | undefined =>
  item !== undefined && 'refusal' in item ? item.refusal : undefined;

/** The first application that an item describes: the one that the path names if there is one. */
const implicitIn = (items: readonly Item[], application: string) => {
  const described = items.flatMap((item) =>
    'body' in item && item.body.application != null ? [applicationFields(item.body.application)] : [],
  );
  return described.find(({ uid }) => uid === application) ?? described[0];
};

const createBatch = organizationOperation({
  operationId: 'v1.message.create-batch',
  method: 'POST',
  path: '/api/v1/app/{app_id}/msg/batch',
  summary: 'Accept up to 100 messages, each on its own',
  query: withContent,
  body: messageBatchIn,
  responses: () => ({ 202: messageBatchOut() }),
  revocation: 'in-handler',
  repeatOf: async (call, orgId) => {
    const { deps } = call;
    const digest = idempotencyDigest(call);
    const outcomes = digest === null ? undefined : await deps.publishBatch.ofKey(orgId, digest);
    const includeContent = asksForContent(call.search);
    return outcomes && reply(deps, deps.now(), { outcomes, refusalAt: () => undefined, includeContent });
  },
  handle: async ({ deps, call, caller, orgId, param, query, body, nowMs }) => {
    const application = applicationInPath(param('app_id'));
    const items = body.data.map((text) => itemOf(text, nowMs));
    const described = implicitIn(items, application);
    const digest = idempotencyDigest(call);
    const outcome = await deps.publishBatch.publish({
      orgId,
      application,
      implicit: described?.uid === application ? described : null,
      items: items.map((item) => ('content' in item ? item.content : null)),
      idempotency: digest,
      requestDigest: digest === null ? null : joinItemDigests(body.data.map(({ text }) => textDigest(text))),
      token: caller.token,
    });
    if (outcome.kind !== 'answered') throw notPublished(outcome, described);
    const { appId, items: outcomes, limits } = outcome;
    call.about.appId = appId;
    logFailures(deps, outcomes);
    return reply(deps, nowMs, {
      outcomes,
      refusalAt: (place) => refusalOf(items[place]),
      includeContent: query.with_content,
      headers: rateLimitHeaders(limits),
    });
  },
});

export const messageBatchOperations = tagged('Message', [createBatch]);
