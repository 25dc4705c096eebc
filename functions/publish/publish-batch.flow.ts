import pLimit from 'p-limit';
import type { Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Message } from '../messages/message.domain.ts';
import type { MessageId } from '../platform/ids/brand.domain.ts';
import { followingMessageId } from '../platform/ids/ids.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import { LONGEST_BATCH_START_MS } from '../platform/limits/function-timeouts.domain.ts';
import { MOST_BATCH_MESSAGES } from '../platform/limits/requests.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import { makeClaimFor } from './claim.flow.ts';
import { makeCreateImplicitly } from './implicit-application.flow.ts';
import { itemDiffers, itemsIn } from './item-digests.domain.ts';
import type {
  BatchItemOutcome,
  BatchOutcome,
  BatchRequest,
  Claim,
  MessageContent,
  MessageReader,
  MessageStore,
  PublishBatch,
} from './messages.port.ts';
import { admitAll } from './publish-limits/publish-limits.flow.ts';
import type { Admitted } from './publish-limits/publish-limits.flow.ts';
import { CONFORMS, acceptAll } from './schema-check/check-payload.flow.ts';
import type { PayloadResult } from './schema-check/check-payload.flow.ts';
import { makeIsRevoked } from './token-check.flow.ts';
import type { TokenCheckDeps } from './token-check.flow.ts';
import { makeWriteMessage } from './write-message.flow.ts';
import type { AcceptDeps } from './write-message.flow.ts';

export interface PublishBatchDeps extends AcceptDeps, TokenCheckDeps {
  readonly tenants: Tenants;
  readonly messages: MessageStore & Pick<MessageReader, 'findMany'>;
  readonly ids: Ids;
}

/** As many as fit into one BatchExecuteStatement. */
const WRITES_AT_ONCE = 25;

/** An item to write: its place in the request, its id, and its content. */
interface Item {
  readonly place: number;
  readonly id: MessageId;
  readonly content: MessageContent;
}

/** The claim of a batch, new or found, and the messages that earlier requests wrote under it, by id. */
interface Ready {
  readonly tenant: Tenant;
  readonly claim: Claim;
  readonly at: number;
  readonly found: ReadonlyMap<MessageId, Message>;
}

const NONE: ReadonlyMap<MessageId, Message> = new Map();

/** A request whose items were checked; those that violate their schema are null, as those that could not be decoded. */
interface Checked {
  readonly request: BatchRequest;
  readonly results: readonly PayloadResult[];
}

/** The outcome of an item that is null. */
const refusalAt = ({ results }: Pick<Checked, 'results'>, place: number): BatchItemOutcome => {
  const { refused, violations } = results[place] ?? CONFORMS;
  return refused ? { kind: 'schema-violation', violations } : { kind: 'refused' };
};

const warned = (outcome: BatchItemOutcome, { violations }: PayloadResult): BatchItemOutcome =>
  outcome.kind === 'accepted' && violations.length > 0 ? { ...outcome, warnings: violations } : outcome;

const idsOf = ({ messageId }: Claim, count: number): readonly MessageId[] =>
  Array.from({ length: count }, (_, place) => followingMessageId(messageId, place));

/**
 * Accepts messages together: one read of the application, one claim, whose message id is that of the first item and from
 * which the ids of the others follow, then one write for each message. After a crash anywhere, a repeat finds the claim,
 * reads which of its messages exist, and writes those that are missing.
 */
export const makePublishBatch = (deps: PublishBatchDeps): PublishBatch => {
  const { tenants, messages, ids, now, admit = admitAll, checkPayloads = acceptAll } = deps;

  const createImplicitly = makeCreateImplicitly(deps);
  const claimFor = makeClaimFor(deps);
  const writeMessage = makeWriteMessage(deps);
  const isRevoked = makeIsRevoked(deps);

  const messagesOf = async (request: Pick<BatchRequest, 'orgId'>, claim: Claim, count: number) => {
    const found = await messages.findMany(request.orgId, claim.appId, idsOf(claim, count));
    return new Map(found.map((message) => [message.id, message]));
  };

  /** The outcome of each item whose message is found, and `otherwise` for the others. */
  const outcomesOf = (
    found: ReadonlyMap<MessageId, Message>,
    claim: Claim,
    count: number,
    requestDigest: string | null,
    otherwise: (place: number) => BatchItemOutcome,
  ): readonly BatchItemOutcome[] =>
    idsOf(claim, count).map((id, place) => {
      const message = found.get(id);
      if (message === undefined) return otherwise(place);
      const mismatch = itemDiffers(claim.requestDigest, requestDigest, place);
      return { kind: 'replayed', message, mismatch };
    });

  /** The answer to a repeat that could not publish now. Undefined: no message was accepted under its key. */
  const earlier = async (
    { request, ...checked }: Checked,
    tenant: Tenant | undefined,
    otherwise: BatchItemOutcome,
  ): Promise<BatchOutcome | undefined> => {
    const { orgId, idempotency, requestDigest, items } = request;
    const claim = idempotency === null ? undefined : await messages.claimed(idempotency, orgId, now());
    if (claim === undefined || (tenant !== undefined && tenant.application.id !== claim.appId))
      return undefined;
    const found = await messagesOf(request, claim, items.length);
    if (found.size === 0) return undefined;
    const outcomes = outcomesOf(found, claim, items.length, requestDigest, (place) =>
      items[place] == null ? refusalAt(checked, place) : otherwise,
    );
    return { kind: 'answered', appId: claim.appId, items: outcomes, limits: [] };
  };

  const ready = async (
    request: BatchRequest,
    tenant: Tenant,
  ): Promise<Ready | { readonly kind: 'gone' | 'contested' }> => {
    const { idempotency, requestDigest, items } = request;
    // Room for a repeat with more items, whose ids no other message may have.
    const newId = (at: number) => ids.messages(at, MOST_BATCH_MESSAGES);
    if (idempotency === null) {
      const at = now();
      const claim = { appId: tenant.application.id, messageId: newId(at), requestDigest };
      return { tenant, claim, at, found: NONE };
    }
    const claimed = await claimFor(request, tenant, idempotency, newId);
    switch (claimed.kind) {
      case 'gone':
      case 'contested':
        return claimed;
      case 'mine':
        return { tenant: claimed.tenant, claim: claimed.claim, at: claimed.at, found: NONE };
      case 'theirs':
        return {
          ...{ tenant: claimed.tenant, claim: claimed.claim, at: claimed.at },
          found: await messagesOf(request, claimed.claim, items.length),
        };
    }
  };

  const write = async (
    { content, id, place }: Item,
    { tenant, claim, at }: Ready,
    requestDigest: string | null,
  ): Promise<BatchItemOutcome> => {
    const { stored, message } = await writeMessage(content, tenant, id, at);
    switch (stored) {
      case 'stored':
        return { kind: 'accepted', message, body: content.body };
      case 'event-id-taken':
        return { kind: 'conflict' };
      case 'event-id-reserved':
        return { kind: 'conflict', isAhead: true };
      case 'id-taken': {
        // A concurrent duplicate with the same claim was faster, or an earlier try of this write, whose response was lost.
        const winner = await messages.get(message.orgId, message.appId, id);
        if (winner === undefined) return { kind: 'conflict' };
        const mismatch = itemDiffers(claim.requestDigest, requestDigest, place);
        return { kind: 'replayed', message: winner, mismatch };
      }
    }
  };

  /**
   * Writes items concurrently, those with one `eventId` in their order, so that the first of them is accepted. A failure
   * of one fails no other. An item that has not been started in time fails, so that the function answers in time.
   */
  const writeAll = async (
    items: readonly Item[],
    batch: Ready,
    requestDigest: string | null,
  ): Promise<ReadonlyMap<number, BatchItemOutcome>> => {
    const outcomes = new Map<number, BatchItemOutcome>();
    const deadline = now() + LONGEST_BATCH_START_MS;
    const writeOne = async (item: Item): Promise<BatchItemOutcome> => {
      if (now() > deadline) return { kind: 'failed', error: new Error('the batch took too long') };
      try {
        return await write(item, batch, requestDigest);
      } catch (error) {
        return { kind: 'failed', error };
      }
    };
    const writeInOrder = async (group: readonly Item[]) => {
      for (const item of group) outcomes.set(item.place, await writeOne(item));
    };
    const limit = pLimit(WRITES_AT_ONCE);
    const groups = Map.groupBy(items, ({ id, content: { eventId } }) =>
      JSON.stringify([eventId, eventId ?? id]),
    );
    await settleAll([...groups.values()].map((group) => limit(writeInOrder, group)));
    return outcomes;
  };

  /** How many of the missing items may be written. The first was admitted before the claim. */
  const admitMissing = async (tenant: Tenant, first: Admitted, missing: number) => {
    let last = first;
    let count = Math.min(missing, 1);
    while (count < missing) {
      last = await admit(tenant);
      if (last.kind === 'limited') break;
      count += 1;
    }
    const limited: BatchItemOutcome | undefined =
      last.kind === 'limited' ? { kind: 'limited', retryAfterSeconds: last.retryAfterSeconds } : undefined;
    return { count, limits: last.limits, limited };
  };

  const publishReady = async (
    { request, ...checked }: Checked,
    batch: Ready,
    first: Admitted,
  ): Promise<BatchOutcome> => {
    const { items, requestDigest } = request;
    const { claim, found, tenant } = batch;
    const missing = idsOf(claim, items.length).flatMap((id, place): readonly Item[] => {
      const content = items[place];
      return content == null || found.has(id) ? [] : [{ place, id, content }];
    });
    const { count, limits, limited } = await admitMissing(tenant, first, missing.length);
    const written = await writeAll(missing.slice(0, count), batch, requestDigest);
    const outcomes = outcomesOf(found, claim, items.length, requestDigest, (place) => {
      if (items[place] == null) return refusalAt(checked, place);
      const outcome = written.get(place) ?? limited ?? { kind: 'conflict' };
      return warned(outcome, checked.results[place] ?? CONFORMS);
    });
    throwIfNoneAccepted(outcomes);
    return { kind: 'answered', appId: claim.appId, items: outcomes, limits };
  };

  const unchecked = (request: BatchRequest): Checked => ({ request, results: [] });

  /** Checks one payload after the other: they share a time limit. */
  const check = async (request: BatchRequest, tenant: Tenant): Promise<Checked> => {
    if (tenant.settings.schemaValidation === 'off') return unchecked(request);
    const checkPayload = checkPayloads(tenant);
    const results: PayloadResult[] = [];
    for (const content of request.items)
      results.push(content === null ? CONFORMS : await checkPayload(content));
    const items = request.items.map((content, place) => (results[place]?.refused === true ? null : content));
    return { request: { ...request, items }, results };
  };

  const allRefused = async (checked: Checked, tenant: Tenant): Promise<BatchOutcome> => {
    const found = await earlier(checked, tenant, { kind: 'refused' });
    if (found !== undefined) return found;
    const items = checked.request.items.map((_, place) => refusalAt(checked, place));
    return { kind: 'answered', appId: tenant.application.id, items, limits: [] };
  };

  const publishTo = async (request: BatchRequest, tenant: Tenant): Promise<BatchOutcome> => {
    if (request.items.every((item) => item === null)) return allRefused(unchecked(request), tenant);
    // Before the claim, so that a refused request writes nothing under its key.
    const first = await admit(tenant);
    if (first.kind === 'limited') {
      const { retryAfterSeconds } = first;
      return (await earlier(unchecked(request), tenant, { kind: 'limited', retryAfterSeconds })) ?? first;
    }
    const checked = await check(request, tenant);
    if (checked.request.items.every((item) => item === null)) return allRefused(checked, tenant);
    const batch = await ready(checked.request, tenant);
    if (!('kind' in batch)) return publishReady(checked, batch, first);
    switch (batch.kind) {
      case 'contested':
        return { kind: 'conflict' };
      case 'gone':
        return notFound(request);
    }
  };

  /** The application may have been deleted after the first request: a repeat still gets the first answers. */
  const notFound = async (request: BatchRequest): Promise<BatchOutcome> => {
    const absent = { kind: 'application-not-found' } as const;
    return (await earlier(unchecked(request), undefined, absent)) ?? absent;
  };

  return {
    async publish(request) {
      const tenant = await tenants.resolve(request.orgId, request.application);
      if (await isRevoked(request, tenant)) return { kind: 'token-revoked' };
      if (tenant !== undefined) return publishTo(request, tenant);
      const before = await notFound(request);
      if (before.kind === 'answered' || request.implicit === null) return before;
      const created = await createImplicitly(request, request.implicit);
      return created === undefined ? before : publishTo(request, created);
    },

    async ofKey(orgId, digest) {
      const claim = await messages.claimed(digest, orgId, now());
      if (claim === undefined) return undefined;
      const count = itemsIn(claim.requestDigest);
      const found = await messagesOf({ orgId }, claim, count);
      if (found.size === 0) return undefined;
      return outcomesOf(found, claim, count, null, () => ({ kind: 'refused' }));
    },
  };
};

/** Where nothing was accepted and something failed, the request fails, so that clients repeat it by themselves. */
const throwIfNoneAccepted = (outcomes: readonly BatchItemOutcome[]): void => {
  if (outcomes.some(({ kind }) => kind === 'accepted' || kind === 'replayed')) return;
  for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
};
