import { makeCatalog } from '../../functions/catalog/commit.dynamo.ts';
import { MOST_REVOKED_TOKENS } from '../../functions/catalog/tokens/token-marks.domain.ts';
import { makeTokenStore } from '../../functions/catalog/tokens/tokens.dynamo.ts';
import type { Revocation } from '../../functions/catalog/tokens/tokens.port.ts';
import { readToken } from '../../functions/api/authentication/signed-claims.ts';
import { orgId } from '../../functions/platform/ids/brand.domain.ts';
import { randomCopy } from '../../functions/platform/lambda/runtime.ts';
import { TOKEN_TOLERANCE_SECONDS } from '../../functions/platform/limits/tokens.domain.ts';
import type { Stage } from '../dlq/stage.ts';
import type { RevokeOptions } from './options.ts';
import { Problem } from './problem.ts';

/** The id of a token and the instant (ms) until which it must be refused; the signature is not verified. */
const revokedToken = (token: string): Extract<Revocation, { readonly kind: 'token' }>['revoked'] => {
  const read = readToken(token);
  if (read === undefined) throw new Problem('--token is no JWT.');
  const { exp } = read.claims;
  return { id: read.id, until: typeof exp === 'number' ? (exp + TOKEN_TOLERANCE_SECONDS) * 1000 : null };
};

const revocationOf = (options: RevokeOptions, nowMs: number): Revocation => {
  const { tokenId, token, issuedBefore } = options;
  if (tokenId !== undefined) return { kind: 'token', revoked: { id: tokenId, until: null } };
  if (token !== undefined) return { kind: 'token', revoked: revokedToken(token) };
  const issuedUntil = issuedBefore === undefined ? nowMs : issuedBefore.getTime() - 1;
  if (issuedUntil > nowMs) throw new Problem('--issued-before must not be in the future.');
  return { kind: 'issued-before', cutoff: { issuedUntil, voidFrom: nowMs } };
};

/** Writes the mark with your AWS credentials, and returns what was revoked. Safe to repeat. */
export const revoke = async (
  connect: (name: string) => Promise<Stage>,
  options: RevokeOptions,
  nowMs: number,
): Promise<string> => {
  const revocation = revocationOf(options, nowMs);
  const stage = await connect(options.stage);
  const catalog = makeCatalog(stage.dynamo, stage.get('CatalogTableName'));
  const tokens = makeTokenStore({ catalog, control: stage.get('ControlTableName'), randomCopy });
  const outcome = await tokens.revoke(orgId(options.org), revocation, nowMs);
  if (outcome === 'full') {
    throw new Problem(
      `${MOST_REVOKED_TOKENS} tokens of ${options.org} are revoked one by one already: use --issued-before.`,
    );
  }
  return revocation.kind === 'token'
    ? `Revoked the token ${revocation.revoked.id} of ${options.org}.`
    : `Revoked every token of ${options.org} and its applications that was issued until ${new Date(revocation.cutoff.issuedUntil).toISOString()}.`;
};
