/** How a stage and its organizations want webhooks sent. Durations in seconds, as clients write them. */
export interface OrganizationSettings {
  /** Seconds before each retry; empty means one attempt. */
  readonly retrySchedule: readonly number[];
  /** Seconds of failure after which an endpoint is disabled; 0 means never. */
  readonly endpointDisableAfter: number;
  readonly defaultSignatureType: 'hmac256' | 'ed25519';
  readonly endpointHttpsOnly: boolean;
  readonly webhookHeaderPrefix: 'svix' | 'webhook';
  /** Seconds, 1 to 30. */
  readonly requestTimeout: number;
  /** CIDR ranges that this organization's endpoints may lie in besides public ones. */
  readonly allowedSubnets: readonly string[];
  readonly operationalWebhooks: boolean;
  /** Whether a receiver's `webhook-delivery` header may disable its endpoint or end a message's retries. */
  readonly receiverDeliveryControl: boolean;
  readonly payloadRetentionDays: number;
  /** Messages a second; null means no limit. */
  readonly publishRateLimit: number | null;
  readonly applicationPublishRateLimit: number | null;
  /** The most endpoints of an application, bytes of all of them, and bytes of one (endpoint-size.domain.ts). */
  readonly applicationEndpointLimit: number;
  readonly applicationEndpointBytesLimit: number;
  readonly endpointBytesLimit: number;
}

/** What an organization changed; everything absent follows the stage. */
export type SettingsOverrides = Partial<OrganizationSettings>;

/** The settings in force: the stage's defaults under the organization's own. */
export const resolveSettings = (
  defaults: OrganizationSettings,
  overrides: SettingsOverrides,
): OrganizationSettings => ({ ...defaults, ...overrides });
