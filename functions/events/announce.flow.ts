import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { factOfAttempt, factsOfEndpoint, isOperational } from './domain-event.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Announced, Fact } from './domain-event.domain.ts';
import { MANAGEMENT_ORGANIZATION } from './operational-webhooks/operational-webhook.domain.ts';
import type { TenantKey } from '../catalog/catalog.port.ts';
import type { TellOperationally } from './operational-webhooks/operational-webhooks.flow.ts';
import { settleAll } from '../platform/settle.domain.ts';

export interface EndpointChange {
  readonly before: CatalogedEndpoint | undefined;
  readonly after: CatalogedEndpoint;
}

/** The port to the event bus. Returns when every fact was accepted, or throws. */
export interface Announcements {
  put(facts: readonly Announced[]): Promise<void>;
}

/** Whose application a fact is about, and whether its organization wants operational webhooks. */
export interface Origin {
  readonly appUid: string | null;
  readonly operationalWebhooks: boolean;
}

/** The port to the Catalog, as announcing needs it. In the order of the keys; applications that are gone included. */
export interface Origins {
  load(keys: readonly TenantKey[]): Promise<readonly Origin[]>;
}

export interface AnnounceDeps {
  readonly origins: Origins;
  readonly bus: Announcements;
  readonly operational: TellOperationally;
}

/**
 * Says what happened, on the event bus and as operational webhooks. A repeat says the same again under the same ids.
 * The management organization announces nothing itself, or its own failures would be told to it without end.
 */
export const makeAnnounce = ({ origins, bus, operational }: AnnounceDeps) => {
  const say = async (all: readonly Fact[]): Promise<void> => {
    const facts = all.filter(({ orgId }) => orgId !== MANAGEMENT_ORGANIZATION);
    if (facts.length === 0) return;
    const found = await origins.load(facts);
    const told = facts.map((fact, index): { readonly fact: Announced; readonly wanted: boolean } => ({
      fact: { ...fact, appUid: found[index]?.appUid ?? null },
      wanted: found[index]?.operationalWebhooks ?? false,
    }));
    await settleAll([
      bus.put(told.map(({ fact }) => fact)),
      operational(told.flatMap(({ fact, wanted }) => (wanted && isOperational(fact) ? [fact] : []))),
    ]);
  };
  return {
    attempts: (attempts: readonly Attempt[]) =>
      say(attempts.map(factOfAttempt).filter((fact) => fact !== undefined)),
    endpoints: (changes: readonly EndpointChange[]) =>
      say(changes.flatMap(({ before, after }) => factsOfEndpoint(before, after))),
  };
};
