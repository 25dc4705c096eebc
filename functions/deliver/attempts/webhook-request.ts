import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import type { MessageId } from '../../platform/ids/brand.domain.ts';
import type { OutboundRequest } from '../http-client/outbound.port.ts';
import type { SigningKey } from '../signing/endpoint-secret.ts';
import { signatureHeaders } from '../signing/sign.ts';
import { wholeSeconds } from '../../platform/limits/time.domain.ts';

/** The keys that sign for an endpoint at an instant: the current one, then rotated ones in their grace period. */
export type SigningKeys = (endpoint: Endpoint, nowMs: number) => Promise<readonly SigningKey[]>;

/** What a webhook is made of. */
export interface WebhookParts {
  readonly settings: OrganizationSettings;
  readonly endpoint: Endpoint;
  readonly messageId: MessageId;
  /** null: the built-in one (JSON). */
  readonly contentType: string | null;
  readonly body: Uint8Array;
}

/** A signed request to an endpoint, made at an instant (ms). */
export const webhookRequest = async (
  { settings, endpoint, messageId, contentType, body }: WebhookParts,
  at: number,
  signingKeys: SigningKeys,
): Promise<OutboundRequest> => ({
  url: endpoint.url,
  signed: [
    ...signatureHeaders({
      prefix: settings.webhookHeaderPrefix,
      messageId,
      timestampSeconds: wholeSeconds(at),
      body,
      keys: await signingKeys(endpoint, at),
    }),
    ...(contentType === null ? [] : [['Content-Type', contentType] as const]),
  ],
  custom: Object.entries(endpoint.headers),
  body,
  timeoutMs: settings.requestTimeout * 1000,
  allowedSubnets: settings.allowedSubnets,
});
