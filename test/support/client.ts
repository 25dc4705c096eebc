import { randomInt } from 'node:crypto';
import { Svix } from 'svix';
import { inject } from 'vitest';
import { allowReceiver } from '../../scripts/local/receiver/receiver-access.ts';
import { applicationToken, organizationToken } from '../../scripts/local/tokens.ts';

export interface Organization {
  readonly orgId: string;
  readonly token: string;
  readonly serverUrl: string;
  readonly managementUrl: string;
  /** The official client, version 2. */
  readonly svix: Svix;
  /** A token confined to one application. */
  tokenOf(appId: string): Promise<string>;
}

export type ApiKind = 'http' | 'rest';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomLetters = (length: number) =>
  Array.from({ length }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');

/** The gateways that this stack has: REST alone on emulators without HTTP APIs. */
export const apiKinds = (): readonly ApiKind[] =>
  inject('stack').httpServerUrl === null ? ['rest'] : ['http', 'rest'];

/** Where SDKs and raw requests go. The HTTP API where there is one and nothing else is asked for. */
export const serverUrlOf = (kind?: ApiKind): string => {
  const { httpServerUrl, restServerUrl } = inject('stack');
  return kind === 'rest' ? restServerUrl : (httpServerUrl ?? restServerUrl);
};

/**
 * An organization that nobody used before, so that test files share one stack without seeing each other. Its client
 * does not retry: a 500 is a failure to see, not to hide.
 */
export const freshOrganization = async (kind?: ApiKind): Promise<Organization> => {
  const { jwtSecret, managementToken, receiverHost } = inject('stack');
  const orgId = `org_${randomLetters(27)}`;
  const token = await organizationToken(orgId, jwtSecret, new Date());
  const serverUrl = serverUrlOf(kind);
  const managementUrl = `${serverUrl}/management/v1`;
  await allowReceiver({ hostName: receiverHost, managementUrl, managementToken, organizationId: orgId });
  return {
    orgId,
    token,
    serverUrl,
    managementUrl,
    svix: new Svix(token, { serverUrl, retryScheduleInMs: [] }),
    tokenOf: (appId) => applicationToken(orgId, appId, jwtSecret, new Date()),
  };
};
