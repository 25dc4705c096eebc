import { expect, it } from 'vitest';
import { makeTokenStore } from '../../../functions/catalog/tokens/tokens.dynamo.ts';
import { verifySignature } from '../../../functions/api/authentication/signed-claims.ts';
import { randomCopy } from '../../../functions/platform/lambda/runtime.ts';
import type { Stage } from '../../../scripts/dlq/stage.ts';
import type { RevokeOptions } from '../../../scripts/local/options.ts';
import { revoke } from '../../../scripts/local/revoke.ts';
import { organizationToken } from '../../../scripts/local/tokens.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { freshOrg, freshTable } from './catalog.ts';

const SECRET = 'jwt';

it('npm run token -- revoke ends one token by its text or id, and all tokens of an organization', async () => {
  const catalog = await freshTable();
  const stage = { dynamo: catalog.client, get: () => catalog.table } as Partial<Stage> as Stage;
  const tokens = makeTokenStore({ catalog, control: catalog.table, randomCopy });
  const org = freshOrg();
  const none = {
    org,
    stage: 'local',
    tokenId: undefined,
    token: undefined,
    issuedBefore: undefined,
    all: false,
  };
  const run = (options: Partial<RevokeOptions>, nowMs = NOON) =>
    revoke(async () => stage, { ...none, ...options }, nowMs);
  const mint = () => organizationToken(org, SECRET, new Date(NOON));
  const isRevoked = async (token: string) => {
    const verified = await verifySignature(token, [SECRET]);
    if (verified.kind !== 'signed') throw new Error(verified.kind);
    const facts = { id: verified.id, issuedAtMs: NOON, expiresAtMs: null, sessionId: null };
    return tokens.isRevoked({ orgId: org, appId: null, token: facts }, NOON);
  };
  const [one, two, other] = [await mint(), await mint(), await mint()];
  expect(await run({ token: one })).toMatch(/^Revoked the token tok_/);
  const { jti } = JSON.parse(Buffer.from(two.split('.')[1]!, 'base64url').toString()) as { jti: string };
  await run({ tokenId: jti });
  expect([await isRevoked(one), await isRevoked(two), await isRevoked(other)]).toEqual([true, true, false]);
  await run({ issuedBefore: new Date(NOON) });
  expect(await isRevoked(other)).toBe(false);
  await run({ all: true });
  expect(await isRevoked(other)).toBe(true);
  await expect(run({ token: 'nonsense' })).rejects.toThrow('no JWT');
});
