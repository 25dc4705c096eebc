import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { applicationToken, managementToken, organizationToken } from '../../../scripts/local/tokens.ts';

const secret = 'a secret of some length, not random';
const now = new Date('2026-11-23T12:00:00Z');
const seconds = now.getTime() / 1000;

describe('minted token', () => {
  it('is signed with the secret and expires after ten years', async () => {
    const key = new TextEncoder().encode(secret);
    const { payload } = await jwtVerify(await organizationToken('org_1', secret, now), key, {
      currentDate: now,
    });
    const exp = seconds + 10 * 365 * 24 * 3600;
    const jti = expect.stringMatching(/^tok_/) as unknown;
    expect(payload).toEqual({ iss: 'svix-server', sub: 'org_1', jti, iat: seconds, nbf: seconds, exp });
  });

  it.each([
    ['organization', (lifetime: number) => organizationToken('org_1', secret, now, lifetime)],
    ['application', (lifetime: number) => applicationToken('org_1', 'app_1', secret, now, lifetime)],
    ['management API', (lifetime: number) => managementToken(secret, now, lifetime)],
  ])('of the %s expires after the given lifetime', async (_, mint) => {
    expect(decodeJwt(await mint(90)).exp).toBe(seconds + 90);
  });

  it('of an application names the application and its organization', async () => {
    expect(decodeJwt(await applicationToken('org_1', 'app_1', secret, now))).toMatchObject({
      sub: 'app_1',
      org: 'org_1',
    });
  });

  it('of the management API has its own audience', async () => {
    const claims = decodeJwt(await managementToken(secret, now));
    expect(claims).toMatchObject({ iss: 'posthorn', aud: 'posthorn-management', sub: 'management' });
  });
});
