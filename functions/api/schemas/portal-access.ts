import * as z from 'zod';
import { MOST_FEATURE_FLAGS } from '../../platform/limits/requests.domain.ts';
import {
  LONGEST_EXPIRE_ALL_SECONDS,
  MOST_SESSIONS,
  PORTAL_EXPIRY_SECONDS,
} from '../../platform/limits/tokens.domain.ts';
import type { Caller } from '../authentication/auth.ts';
import { SESSION_ID } from '../authentication/auth.ts';
import { CAPABILITIES } from '../authentication/capabilities.domain.ts';
import { featureFlag } from '../../platform/wire/fields.ts';
import { instant } from '../wire/json.ts';
import { applicationIn } from './application.ts';
import { component } from '../wire/component.ts';

const EXPIRY = 'expiry must be between one hour and 7 days, in seconds';
const MOST_NAMED = 25;
/** More than a header takes. */
const MOST_TOKEN_CHARS = 16_384;

/** The id of a session of the host application, which groups tokens. */
export const sessionId = () =>
  z
    .string()
    .regex(SESSION_ID, 'a session id has 1 to 64 characters of [a-zA-Z0-9@_-]')
    .meta({ minLength: 1, maxLength: 64, examples: ['user_1FB74'] });

const capability = () => z.enum(CAPABILITIES);

export const accessIn = component('AppPortalAccessIn', () => ({
  featureFlags: z.array(featureFlag()).max(MOST_FEATURE_FLAGS).default([]),
  application: applicationIn().nullish(),
  readOnly: z.boolean().nullish().meta({ description: 'The token may only read' }),
  capabilities: z.array(capability()).max(MOST_NAMED, 'at most 25 capabilities are allowed.').nullish().meta({
    description: 'What the token may do; all capabilities if omitted. Reading is always allowed',
  }),
  expiry: z
    .int()
    .min(PORTAL_EXPIRY_SECONDS.least, EXPIRY)
    .max(PORTAL_EXPIRY_SECONDS.most, EXPIRY)
    .nullish()
    .meta({ description: 'Seconds that the token is valid; 28 days if omitted' }),
  sessionId: sessionId()
    .nullish()
    .meta({ description: 'Groups tokens, so that `expire-all` can end those of one session' }),
}));

export const accessOut = component('AppPortalAccessOut', () => ({ url: z.string(), token: z.string() }));

const DELAY = 'expiry must be between 0 and 3 days, in seconds';

export const expireIn = component('ApplicationTokenExpireIn', () => ({
  expiry: z
    .int()
    .min(0, DELAY)
    .max(LONGEST_EXPIRE_ALL_SECONDS, DELAY)
    .nullish()
    .meta({ description: 'Seconds until the tokens end; at once if omitted' }),
  sessionIds: z
    .array(sessionId())
    .max(MOST_SESSIONS, 'at most 1,000 session ids are allowed.')
    .nullish()
    .meta({ description: 'Ends only tokens of these sessions; those of all if omitted or empty' }),
}));

export const oneTimeTokenIn = component('OneTimeTokenIn', () => ({
  oneTimeToken: z.string().min(1).max(MOST_TOKEN_CHARS),
}));

export const oneTimeTokenOut = component('OneTimeTokenOut', () => ({
  token: z.string(),
  capabilities: z.array(capability()),
}));

export const whoamiOut = component('WhoamiOut', () => ({
  envId: z.string().meta({ description: 'The organization, by its name in newer clients' }),
  orgId: z.string(),
  appId: z.string().nullable().meta({ description: 'null: the token is one of the organization' }),
  permissionSource: z.literal('SvixJwt'),
  sessionId: z.string().nullable(),
  capabilities: z.array(capability()),
  featureFlags: z.array(z.string()),
  tokenId: z.string().meta({ description: 'The id by which the token can be revoked' }),
  expiresAt: z.string().meta({ format: 'date-time' }).nullable(),
}));

export const capabilitiesOf = (caller: Caller) =>
  caller.kind === 'application' && caller.capabilities !== null ? caller.capabilities : CAPABILITIES;

export const printWhoami = (caller: Caller) => {
  const { orgId, token } = caller;
  const application = caller.kind === 'application' ? caller : undefined;
  return {
    envId: orgId,
    orgId,
    appId: application?.appId ?? null,
    permissionSource: 'SvixJwt',
    sessionId: token.sessionId,
    capabilities: [...capabilitiesOf(caller)],
    featureFlags: [...(application?.featureFlags ?? [])],
    tokenId: token.id,
    expiresAt: token.expiresAtMs === null ? null : instant(token.expiresAtMs),
  };
};
