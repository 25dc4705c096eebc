import * as z from 'zod';
import type { Revocation } from '../../catalog/tokens/tokens.port.ts';
import { ORGANIZATION_EXPIRY_SECONDS, TOKEN_TOLERANCE_SECONDS } from '../../platform/limits/tokens.domain.ts';
import { SECOND_MS } from '../../platform/limits/time.domain.ts';
import { invalid } from '../errors.ts';
import type { Invalid } from '../errors.ts';
import { memoize } from '../memoize.ts';
import { dateTime } from '../../platform/wire/fields.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const EXPIRY = 'expiry must be between one minute and ten years, in seconds';
const LONGEST_ID = 64;

export const organizationTokenIn = memoize(() =>
  z
    .object({
      expiry: z
        .int()
        .min(ORGANIZATION_EXPIRY_SECONDS.least, EXPIRY)
        .max(ORGANIZATION_EXPIRY_SECONDS.most, EXPIRY)
        .nullish()
        .meta({ description: 'Seconds that the token is valid; ten years if omitted' }),
    })
    .nullish()
    .meta({ id: 'OrganizationTokenIn' }),
);

export const revokeIn = component('OrganizationTokenRevokeIn', () => ({
  tokenId: z
    .string()
    .min(1)
    .max(LONGEST_ID)
    .nullish()
    .meta({ description: 'The claim `jti` of a token, which `whoami` prints as `tokenId`' }),
  expiresAt: dateTime().nullish().meta({
    description: 'When that token expires, so that it is stored no longer; for ever if omitted',
  }),
  issuedBefore: dateTime().nullish().meta({
    description: 'Revokes all tokens of the organization and its applications that were issued before',
  }),
}));

const refuse = (field: string, why: string): Invalid => invalid(['body', field], why);

/** What a request revokes. Throws Invalid unless it names one token, or an instant that has passed. */
export const revocationOf = (body: ValueOf<typeof revokeIn>, nowMs: number): Revocation => {
  const { tokenId, expiresAt, issuedBefore } = body;
  if (tokenId != null && issuedBefore != null) throw refuse('issued_before', 'Not together with tokenId');
  if (tokenId != null) {
    const until = expiresAt == null ? null : expiresAt + TOKEN_TOLERANCE_SECONDS * SECOND_MS;
    return { kind: 'token', revoked: { id: tokenId, until } };
  }
  if (issuedBefore == null) throw refuse('token_id', 'Name a tokenId, or issuedBefore');
  if (issuedBefore > nowMs) throw refuse('issued_before', 'issuedBefore must not be in the future');
  return { kind: 'issued-before', cutoff: { issuedUntil: issuedBefore - 1, voidFrom: nowMs } };
};
