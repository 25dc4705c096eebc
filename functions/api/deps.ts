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
import type { TokenStore } from '../catalog/tokens/tokens.port.ts';
import type { Expunge } from '../expunge/expunge.flow.ts';
import type { Precheck } from '../fan-out/precheck.flow.ts';
import type { CancelMessage } from '../publish/cancel-message.flow.ts';
import type { MessageReader, Publish, PublishBatch } from '../publish/messages.port.ts';
import type { CountAttempts, CountFailures } from '../read-models/hourly-statistics/statistics.flow.ts';
import type { RunOnce } from '../idempotency/run-once.flow.ts';
import type { SigningKey } from '../deliver/signing/endpoint-secret.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { SendTest } from '../deliver/test-attempt.flow.ts';
import type { Published } from '../publish/published.flow.ts';
import type { Resend } from '../replay/resend.flow.ts';
import type { SecretBox } from '../platform/secrets/secret-box.port.ts';
import type { Tasks } from '../replay/tasks.flow.ts';
import type { JwtKeys } from './authentication/auth.ts';

/** The log of requests and faults, such as a Powertools logger. Never log bodies, tokens or query values. */
interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

interface Health {
  readonly database: boolean;
  readonly queue: boolean;
  readonly cache: boolean;
}

/**
 * Checks whether an organization may allow these address ranges on this stage. `invalid`: the first that it may not.
 */
export type CheckSubnets = (
  ranges: readonly string[],
) => { readonly kind: 'ok' } | { readonly kind: 'invalid'; readonly subnet: string; readonly reason: string };

/** The dependencies of the API: ports, use cases, keys, clock, ids and randomness. */
export interface Deps {
  readonly applications: ApplicationStore;
  readonly endpoints: EndpointStore;
  readonly eventTypes: EventTypeStore;
  readonly settings: SettingsStore;
  /** The stage's settings, which those of the organization override. */
  readonly settingsDefaults: OrganizationSettings;
  /** Absent: no range may be allowed. */
  readonly checkSubnets?: CheckSubnets;
  /** The row retention of the stage; absent: the default. */
  readonly rowRetentionDays?: number;
  /** URL of the portal, to which links append `login` and the key. Absent: `portal/` below the API's own URL. */
  readonly portalUrl?: string;
  /** Whether a link to the portal works once: its key is exchanged for a token. Absent: no. */
  readonly oneTimeLinks?: boolean;
  readonly messages: MessageReader;
  readonly attempts: AttemptReader;
  readonly deliveryStatus: DeliveryStatusReader;
  readonly countAttempts: CountAttempts;
  readonly countFailures: CountFailures;
  readonly publish: Publish;
  readonly publishBatch: PublishBatch;
  readonly published: Pick<Published, 'ofKey'>;
  readonly precheck: Precheck;
  readonly cancelMessage: CancelMessage;
  readonly expunge: Expunge;
  readonly resend: Resend;
  /** Absent: this function sends nothing to receivers. */
  readonly sendTest?: SendTest;
  readonly tasks: Tasks;
  /** Runs a command once per idempotency key. */
  readonly runOnce: RunOnce;
  readonly secrets: SecretBox;
  /** The keys that sign for an endpoint at an instant (ms). */
  readonly signingKeys: (endpoint: Endpoint, atMs: number) => Promise<readonly SigningKey[]>;
  readonly keys: JwtKeys;
  readonly tokens: TokenStore;
  readonly ids: Ids;
  readonly now: () => number;
  /** Cryptographic randomness. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly health: () => Promise<Health>;
  readonly log: Log;
}
