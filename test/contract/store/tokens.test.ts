import { beforeAll, describe, expect, it } from 'vitest';
import type { TokenFacts } from '../../../functions/catalog/tokens/token-marks.domain.ts';
import { makeTokenStore } from '../../../functions/catalog/tokens/tokens.dynamo.ts';
import type { TokenStore } from '../../../functions/catalog/tokens/tokens.port.ts';
import { makeTenants } from '../../../functions/catalog/snapshots/tenants.dynamo.ts';
import { randomCopy } from '../../../functions/platform/lambda/runtime.ts';
import { NOON, SETTINGS, newApplication, uniqueIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import { freshOrg, freshTable, recordCalls, storesOf } from './catalog.ts';

const token = (some: Partial<TokenFacts> = {}): TokenFacts => ({
  ...{ id: uniqueIds.token(NOON), issuedAtMs: NOON, expiresAtMs: NOON + 1e9, sessionId: null },
  ...some,
});
const place = () => ({ orgId: freshOrg(), appId: uniqueIds.app(NOON) });
const AT_NOON = { issuedUntil: NOON, voidFrom: NOON };

describe.each(ADAPTERS)('token store %s', (_, makeStores) => {
  let tokens: TokenStore;
  let settings: Awaited<ReturnType<typeof makeStores>>['settings'];
  beforeAll(async () => {
    ({ tokens, settings } = await makeStores());
  });

  it('revokes nothing by itself', async () => {
    const held = { ...place(), token: token({ sessionId: 's' }) };
    expect(await tokens.isRevoked(held, NOON)).toBe(false);
    expect(await tokens.isRevoked({ ...held, appId: null }, NOON)).toBe(false);
  });

  it('ends one token of an application until the token has expired', async () => {
    const at = place();
    const [one, other] = [token(), token()];
    await tokens.end(at, { id: one.id, until: NOON + 10 });
    await tokens.end(at, { id: one.id, until: NOON + 10 });
    const isRevoked = (of: TokenFacts, nowMs = NOON) => tokens.isRevoked({ ...at, token: of }, nowMs);
    expect([await isRevoked(one), await isRevoked(other), await isRevoked(one, NOON + 10)]).toEqual([
      true,
      false,
      false,
    ]);
    await tokens.end(at, { id: one.id, until: null });
    expect(await isRevoked(one, NOON + 1e12)).toBe(true);
    expect(await tokens.isRevoked({ ...at, appId: uniqueIds.app(NOON), token: one }, NOON)).toBe(false);
  });

  it('ends a token for one of several requests at the same time', async () => {
    const at = place();
    const revoked = { id: token().id, until: NOON + 10 };
    const ended = await Promise.all([1, 2, 3].map(() => tokens.endOnce(at, revoked, NOON)));
    expect(ended.filter((first) => first)).toHaveLength(1);
    expect(await tokens.isRevoked({ ...at, token: token({ id: revoked.id }) }, NOON)).toBe(true);
  });

  it('expires the tokens of an application that were issued until now, and those of no other one', async () => {
    const at = place();
    await tokens.expire(at, AT_NOON, null, NOON);
    const isRevoked = (issuedAtMs: number) => tokens.isRevoked({ ...at, token: token({ issuedAtMs }) }, NOON);
    expect([await isRevoked(0), await isRevoked(NOON), await isRevoked(NOON + 4)]).toEqual([
      true,
      true,
      false,
    ]);
    const { orgId } = at;
    expect(await tokens.isRevoked({ orgId, appId: uniqueIds.app(NOON), token: token() }, NOON)).toBe(false);
    expect(await tokens.isRevoked({ orgId, appId: null, token: token() }, NOON)).toBe(false);
  });

  it('expires the tokens of 60 sessions after a delay, and no others', async () => {
    const at = place();
    const sessions = Array.from({ length: 60 }, (__, index) => `session@${index}`);
    await tokens.expire(at, { issuedUntil: NOON, voidFrom: NOON + 9 }, sessions, NOON);
    const isRevoked = (sessionId: string | null, nowMs: number) =>
      tokens.isRevoked({ ...at, token: token({ sessionId }) }, nowMs);
    expect(await isRevoked('session@0', NOON + 8)).toBe(false);
    expect(await isRevoked('session@0', NOON + 9)).toBe(true);
    expect(await isRevoked('session@59', NOON + 9)).toBe(true);
    expect(await isRevoked('session@60', NOON + 9)).toBe(false);
    expect(await isRevoked(null, NOON + 9)).toBe(false);
    await tokens.expire(at, { issuedUntil: NOON + 1, voidFrom: NOON + 1 }, ['session@0'], NOON + 1);
    expect(await isRevoked('session@0', NOON + 1)).toBe(true);
  });

  it('keeps the cutoffs of 20 parallel writers', async () => {
    const at = place();
    const cutoffs = Array.from({ length: 20 }, (__, index) => ({
      issuedUntil: NOON + index,
      voidFrom: NOON,
    }));
    await Promise.all(cutoffs.map((cutoff) => tokens.expire(at, cutoff, null, NOON)));
    expect(await tokens.isRevoked({ ...at, token: token({ issuedAtMs: NOON + 19 }) }, NOON)).toBe(true);
  });

  it('revokes tokens of an organization and of its applications, by id and by time, and of no other', async () => {
    const at = place();
    const [one, other] = [token({ issuedAtMs: NOON + 50 }), token({ issuedAtMs: NOON + 50 })];
    const isRevoked = (of: TokenFacts, appId: typeof at.appId | null) =>
      tokens.isRevoked({ ...at, appId, token: of }, NOON);
    const both = async (of: TokenFacts) => [await isRevoked(of, null), await isRevoked(of, at.appId)];
    await tokens.revoke(at.orgId, { kind: 'token', revoked: { id: one.id, until: null } }, NOON);
    expect([await both(one), await both(other)]).toEqual([
      [true, true],
      [false, false],
    ]);
    await tokens.revoke(at.orgId, { kind: 'issued-before', cutoff: AT_NOON }, NOON);
    expect([await both(token()), await both(other), await both(one)]).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
    expect(await tokens.isRevoked({ orgId: freshOrg(), appId: null, token: one }, NOON)).toBe(false);
  });

  it('keeps at most 50 single tokens of an organization at a time, and forgets those that have expired', async () => {
    const orgId = freshOrg();
    const revoke = (id: number, until: number | null, nowMs = NOON) =>
      tokens.revoke(orgId, { kind: 'token', revoked: { id: `t${id}`, until } }, nowMs);
    for (let id = 0; id < 50; id += 1) expect(await revoke(id, id === 0 ? NOON + 1 : null)).toBe('written');
    expect(await revoke(50, null)).toBe('full');
    expect(await revoke(50, null, NOON + 1)).toBe('written');
    expect((await tokens.marks(orgId)).revoked).toHaveLength(50);
  });

  it('keeps the marks when settings change, and settings when marks change', async () => {
    const orgId = freshOrg();
    await settings.change(orgId, { requestTimeout: 3 });
    await tokens.revoke(orgId, { kind: 'issued-before', cutoff: AT_NOON }, NOON);
    await settings.change(orgId, { requestTimeout: 4 });
    expect(await settings.overrides(orgId)).toEqual({ requestTimeout: 4 });
    expect(await tokens.isRevoked({ orgId, appId: null, token: token() }, NOON)).toBe(true);
  });
});

describe('marks of revoked tokens', () => {
  const prepare = async () => {
    const catalog = await freshTable();
    const application = newApplication({ orgId: freshOrg() });
    const stores = storesOf(catalog);
    await stores.applications.create(application);
    const tenants = makeTenants({ ...catalog, defaults: SETTINGS, randomCopy });
    const tokens = makeTokenStore({ catalog, control: catalog.table, randomCopy });
    const { orgId, id: appId } = application;
    return { catalog, stores, tenants, tokens, orgId, appId };
  };
  const mark = { kind: 'issued-before', cutoff: AT_NOON } as const;

  it('are part of the next snapshot for publish, which stays cached: no mark makes deliver read an application again', async () => {
    const { catalog, stores, tenants, tokens, orgId, appId } = await prepare();
    await stores.settings.change(orgId, { requestTimeout: 3 });
    const before = await tenants.resolve(orgId, appId);
    expect(before).not.toHaveProperty('tokenMarks');
    await tokens.revoke(orgId, mark, NOON);
    await tokens.expire({ orgId, appId }, AT_NOON, null, NOON);
    await tokens.expire({ orgId, appId }, AT_NOON, ['s'], NOON);
    await tokens.end({ orgId, appId }, { id: 'tok_1', until: null });
    const calls = recordCalls(catalog);
    const after = await tenants.resolve(orgId, appId);
    expect(calls).toEqual(['BatchGetItem']);
    expect(after?.application).toBe(before?.application);
    expect(after?.settings).toBe(before?.settings);
    expect(after?.tokenMarks).toEqual({ cutoffs: [AT_NOON], revoked: [] });
  });

  it('are found for an organization that never changed a setting, whose defaults stay in force', async () => {
    const { tenants, tokens, orgId, appId } = await prepare();
    await tokens.revoke(orgId, mark, NOON);
    const tenant = await tenants.resolve(orgId, appId);
    expect(tenant?.tokenMarks?.cutoffs).toEqual([AT_NOON]);
    expect(tenant?.settings).toEqual(SETTINGS);
  });

  it('cost one call for each request with a token of an organization or an application', async () => {
    const { catalog, tokens, orgId, appId } = await prepare();
    const calls = recordCalls(catalog);
    await tokens.isRevoked({ orgId, appId: null, token: token() }, NOON);
    await tokens.isRevoked({ orgId, appId, token: token({ sessionId: 's' }) }, NOON);
    expect(calls).toEqual(['GetItem', 'BatchGetItem']);
  });
});
