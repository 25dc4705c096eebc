import { randomInt } from 'node:crypto';
import { Svix } from 'svix';
import { inject } from 'vitest';
import { DEFAULT_ORGANIZATION } from '../../functions/platform/settings/default-organization.ts';
import { allowReceiver } from '../../scripts/local/receiver/receiver-access.ts';
import { applicationToken, organizationToken } from '../../scripts/local/tokens.ts';

export interface Organization {
  readonly orgId: string;
  readonly token: string;
  readonly serverUrl: string;
  readonly managementUrl: string;
  /** The official client, version 2. */
  readonly svix: Svix;
  /** A token of one application. */
  tokenOf(appId: string): Promise<string>;
}

/** What an organization may send to. */
export interface Reach {
  /** false: not to the receiver, so that no private range is open to it, where the receiver has a private address. */
  readonly receiver?: boolean;
}

export type ApiKind = 'http' | 'rest';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomText = (length: number) =>
  Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** The APIs of this stack: only REST on emulators without HTTP APIs. */
export const apiKinds = (): readonly ApiKind[] =>
  inject('stack').httpServerUrl === null ? ['rest'] : ['http', 'rest'];

/** The server URL for SDKs and raw requests; by default that of the HTTP API if there is one. */
export const serverUrlOf = (kind?: ApiKind): string => {
  const { httpServerUrl, restServerUrl } = inject('stack');
  return kind === 'rest' ? restServerUrl : (httpServerUrl ?? restServerUrl);
};

/**
 * A new organization, so that test files share one stack without seeing each other's objects. Its client does not retry,
 * so that a response of 500 fails the test.
 */
export const freshOrganization = (kind?: ApiKind, reach: Reach = {}): Promise<Organization> =>
  organization(`org_${randomText(27)}`, kind, reach);

/** The organization of the ingest queue. Its tests share it, so they have applications of their own. */
export const ingestOrganization = (): Promise<Organization> => organization(DEFAULT_ORGANIZATION);

const organization = async (
  orgId: string,
  kind?: ApiKind,
  { receiver = true }: Reach = {},
): Promise<Organization> => {
  const { jwtSecret, managementToken, receiverHost } = inject('stack');
  const token = await organizationToken(orgId, jwtSecret, new Date());
  const serverUrl = serverUrlOf(kind);
  const managementUrl = `${serverUrl}/management/v1`;
  if (receiver)
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
