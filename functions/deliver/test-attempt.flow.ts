import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import { LONGEST_TEST_SECONDS } from '../platform/limits/delivery.domain.ts';
import type { AppId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import { webhookRequest } from './attempts/webhook-request.ts';
import type { SigningKeys } from './attempts/webhook-request.ts';
import type { Outbound, OutboundRequest, OutboundResult } from './http-client/outbound.port.ts';

/** The port to the rate limit of test attempts; false: there were too many. */
export type ReserveTest = (orgId: OrgId, appId: AppId, nowMs: number) => Promise<boolean>;

export interface TestAttemptDeps {
  readonly reserve: ReserveTest;
  readonly outbound: Outbound;
  readonly signingKeys: SigningKeys;
  readonly ids: Pick<Ids, 'message'>;
  readonly now: () => number;
}

export interface TestWebhook {
  readonly settings: OrganizationSettings;
  readonly endpoint: Endpoint;
  readonly body: Uint8Array;
}

export type TestAttempt =
  | { readonly kind: 'limited' }
  | {
      readonly kind: 'sent';
      readonly messageId: MessageId;
      readonly at: number;
      readonly request: OutboundRequest;
      readonly result: OutboundResult;
    };

/** Sends one webhook and returns what came back. Records nothing. */
export type SendTest = (webhook: TestWebhook) => Promise<TestAttempt>;

export const makeSendTest =
  ({ reserve, outbound, signingKeys, ids, now }: TestAttemptDeps): SendTest =>
  async ({ settings, endpoint, body }) => {
    if (!(await reserve(endpoint.orgId, endpoint.appId, now()))) return { kind: 'limited' };
    const at = now();
    const messageId = ids.message(at);
    const bounded = { ...settings, requestTimeout: Math.min(settings.requestTimeout, LONGEST_TEST_SECONDS) };
    const parts = { settings: bounded, endpoint, messageId, contentType: null, body };
    const request = await webhookRequest(parts, at, signingKeys);
    return { kind: 'sent', messageId, at, request, result: await outbound.send(request) };
  };
