import type { Ids } from '../platform/ids/ids.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { AttemptReader } from '../read-models/attempts.port.ts';
import type { DeliveryStatusReader } from '../read-models/delivery-status.port.ts';
import type {
  ApplicationStore,
  EndpointStore,
  EventTypeStore,
  SettingsStore,
} from '../catalog/catalog.port.ts';
import type { Expunge } from '../expunge/expunge.flow.ts';
import type { MessageReader, Publish } from '../publish/messages.port.ts';
import type { CountAttempts } from '../read-models/hourly-statistics/statistics.flow.ts';
import type { RunOnce } from '../idempotency/run-once.flow.ts';
import type { Published } from '../publish/published.flow.ts';
import type { Resend } from '../replay/resend.flow.ts';
import type { SecretBox } from '../platform/secrets/secret-box.port.ts';
import type { Tasks } from '../replay/tasks.flow.ts';
import type { JwtKeys } from './authentication/auth.ts';

/** Where request lines and faults go (a Powertools logger fits). Never bodies, tokens or query values. */
interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

interface Health {
  readonly database: boolean;
  readonly queue: boolean;
  readonly cache: boolean;
}

/** Whether an organization may open such address ranges on this stage; else the first that it may not. */
export type CheckSubnets = (
  ranges: readonly string[],
) => { readonly kind: 'ok' } | { readonly kind: 'invalid'; readonly subnet: string; readonly reason: string };

/** All that the wire needs from the rest: ports, use cases, keys, and the sources of time, ids and randomness. */
export interface Deps {
  readonly applications: ApplicationStore;
  readonly endpoints: EndpointStore;
  readonly eventTypes: EventTypeStore;
  readonly settings: SettingsStore;
  /** The stage's settings, under what an organization changed. */
  readonly settingsDefaults: OrganizationSettings;
  /** Absent: no range may be opened. */
  readonly checkSubnets?: CheckSubnets;
  /** Where the customers' page is; a fragment with the token is put behind it. Absent: /portal/ beside the API. */
  readonly portalUrl?: string;
  readonly messages: MessageReader;
  readonly attempts: AttemptReader;
  readonly deliveryStatus: DeliveryStatusReader;
  readonly countAttempts: CountAttempts;
  readonly publish: Publish;
  readonly published: Pick<Published, 'ofKey'>;
  readonly expunge: Expunge;
  readonly resend: Resend;
  readonly tasks: Tasks;
  /** Commands under an idempotency key. */
  readonly runOnce: RunOnce;
  readonly secrets: SecretBox;
  readonly keys: JwtKeys;
  readonly ids: Ids;
  readonly now: () => number;
  /** Cryptographic randomness. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly health: () => Promise<Health>;
  readonly log: Log;
}
