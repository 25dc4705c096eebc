import { randomBytes, randomUUID } from 'node:crypto';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import { makeTenants } from '../../../functions/catalog/snapshots/tenants.dynamo.ts';
import { makeSecretBox, makeSigningKeys } from '../../../functions/deliver/signing/secret-box.ts';
import { makeIdempotency } from '../../../functions/idempotency/idempotency.dynamo.ts';
import { randomCopy } from '../../../functions/platform/lambda/runtime.ts';
import { makeRotatingSeal } from '../../../functions/platform/secrets/seal.ts';
import { makeSecret } from '../../../functions/platform/secrets/secrets-manager.ts';
import { clientConfig } from '../../../scripts/local/deploy/guard.ts';
import type { Stage } from '../../../scripts/dlq/stage.ts';
import { makeCommands } from '../../../scripts/secrets/commands.ts';
import { readSecret } from '../../../scripts/secrets/stored-secret.ts';
import { NOON, SETTINGS, newApplication, newEndpoint } from '../../support/simulation/builders.ts';
import { LATER, freshOrg, freshTable, storesOf } from './catalog.ts';
import { emulatorSecretsManager } from '../emulator.ts';

/** Rotations of a stage's secrets, with warm functions that read a secret once a minute and new ones. */
const KEY = `whsec_${Buffer.from('k'.repeat(24)).toString('base64')}`;
const ROTATE = { stage: 'local', wait: 0 };

const prepare = async () => {
  const endpoint = inject('awsEndpoint');
  const secretsManager = new SecretsManagerClient(clientConfig(endpoint));
  const makeArn = async () => {
    const SecretString = JSON.stringify({ current: randomBytes(48).toString('base64url'), previous: [] });
    const { ARN } = await secretsManager.send(new CreateSecretCommand({ Name: randomUUID(), SecretString }));
    return ARN!;
  };
  const catalog = await freshTable();
  const arns = { main: await makeArn(), jwt: await makeArn() };
  const clock = { now: NOON };
  const said: string[] = [];
  const outputs: Readonly<Record<string, string>> = {
    MainSecretArn: arns.main,
    JwtSecretArn: arns.jwt,
    CatalogTableName: catalog.table,
    ControlTableName: catalog.table,
  };
  const stage = {
    ...{ dynamo: catalog.client, secretsManager },
    get: (name: string) => outputs[name] ?? '',
  } as Partial<Stage> as Stage;
  const state = { stopAfter: Number.POSITIVE_INFINITY, crashes: false };
  const commands = makeCommands({
    connect: async () => stage,
    say: (text) => void said.push(text),
    now: () => clock.now,
    sleep: async (ms) => {
      if (state.crashes) throw new Error('crashed');
      clock.now += ms;
    },
    stopped: () => (state.stopAfter -= 1) < 0,
    readFile: async (path) => path,
  });
  const startFunction = async () => {
    const main = makeSecret({
      client: emulatorSecretsManager(),
      arn: arns.main,
      now: () => clock.now,
    });
    const box = makeSecretBox(await makeRotatingSeal(main));
    const idempotency = makeIdempotency({
      ...{ client: catalog.client, table: catalog.table },
      seal: await makeRotatingSeal(main, 'answer'),
    });
    return { box, idempotency, signingKeys: makeSigningKeys(box) };
  };
  const stores = storesOf(catalog);
  const application = newApplication({ orgId: freshOrg() });
  await stores.applications.create(application);
  const { orgId, id: appId } = application;
  const createWith = async ({ box }: Awaited<ReturnType<typeof startFunction>>): Promise<Endpoint> => {
    await box.ready();
    const one = newEndpoint(appId, { orgId });
    const made = { ...one, secret: { sealed: box.seal(KEY, one.id), expiresAt: null } };
    await stores.endpoints.create(made);
    return made;
  };
  const tenants = () => makeTenants({ ...catalog, defaults: SETTINGS, randomCopy });
  const stored = async (name: keyof typeof arns) => readSecret(secretsManager, arns[name]);
  return {
    ...{ catalog, clock, said, state, commands, startFunction, stores, orgId, appId, createWith, tenants },
    stored,
  };
};

describe('rotating the main secret', () => {
  let at: Awaited<ReturnType<typeof prepare>>;
  beforeEach(async () => {
    at = await prepare();
  });

  const lock = (digest: string) => ({ orgId: at.orgId, digest, requestDigest: 'd', holder: digest });

  it('lets warm and new functions sign with every endpoint and repeat every answer, before and after retiring', async () => {
    const warm = await at.startFunction();
    const warmTenants = at.tenants();
    const before = await at.createWith(warm);
    const body = '{"token":"t"}';
    const answered = lock('answered');
    await warm.idempotency.start(answered, NOON);
    await warm.idempotency.finish({ lock: answered, answer: { status: 200, body }, at: NOON });
    const removed = await at.createWith(warm);
    await at.stores.endpoints.remove(at.orgId, at.appId, removed.id, LATER);
    await warmTenants.resolve(at.orgId, at.appId);

    const signs = async (name: string) => {
      const fresh = await at.startFunction();
      for (const [who, { signingKeys, idempotency }] of Object.entries({ warm, fresh })) {
        for (const tenants of [warmTenants, at.tenants()]) {
          const tenant = await tenants.resolve(at.orgId, at.appId);
          for (const endpoint of tenant?.endpoints ?? [])
            expect([name, who, (await signingKeys(endpoint, NOON)).length]).toEqual([name, who, 1]);
        }
        const repeat = { ...answered, holder: randomUUID() };
        expect(await idempotency.start(repeat, NOON)).toMatchObject({ kind: 'answered', answer: { body } });
      }
    };
    await at.commands.rotate('main', ROTATE);
    await signs('rotated');
    // A new function seals with the new version, which the warm one does not know yet.
    await at.createWith(await at.startFunction());
    await signs('sealed with the new version');
    const row = await at.stores.endpoints.find(at.orgId, at.appId, before.id);
    expect(row).toMatchObject({ updatedAt: before.updatedAt, url: before.url });
    expect(row?.secret.sealed).not.toEqual(before.secret.sealed);
    at.clock.now += 120_000;
    await at.commands.retire('main', { stage: 'local', yes: false, force: false });
    expect((await at.stored('main')).previous).toEqual([]);
    at.clock.now += 60_000;
    await signs('retired');
    // After a minute the warm function has forgotten the retired version, and encrypts with the new one.
    const last = await at.createWith(warm);
    const fresh = await at.startFunction();
    expect(fresh.box.open(last.secret.sealed, last.id)).toBe(KEY);
    expect(() => warm.box.open(before.secret.sealed, before.id)).toThrow('not listed');
  });

  it('resumes where it was stopped, and retires nothing before it has ended', async () => {
    const warm = await at.startFunction();
    await at.createWith(warm);
    at.state.stopAfter = 0;
    await expect(at.commands.rotate('main', ROTATE)).rejects.toThrow('Stopped');
    const { current } = await at.stored('main');
    at.state.stopAfter = Number.POSITIVE_INFINITY;
    at.clock.now += 120_000;
    const retire = () => at.commands.retire('main', { stage: 'local', yes: true, force: false });
    await expect(retire()).rejects.toThrow('1 endpoint secrets are encrypted with a previous version');
    await at.commands.status({ stage: 'local' });
    expect(at.said.join('\n')).toContain('run rotate main to go on');
    await at.commands.rotate('main', ROTATE);
    expect((await at.stored('main')).current).toBe(current);
    await retire();
    await expect(retire()).resolves.toBeUndefined();
  });

  it('keeps a secret of an endpoint that is rotated meanwhile, by a function that holds the old version', async () => {
    const warm = await at.startFunction();
    const endpoints = await Promise.all(Array.from({ length: 20 }, () => at.createWith(warm)));
    const other = KEY.replace('a2', 'b2');
    const rotateAll = endpoints.map(async ({ id }) => {
      await warm.box.ready();
      const secret = { sealed: warm.box.seal(other, id), expiresAt: null };
      return at.stores.endpoints.change(at.orgId, at.appId, id, () => ({ secret }), LATER);
    });
    await Promise.all([at.commands.rotate('main', ROTATE), ...rotateAll]);
    at.clock.now += 120_000;
    const fresh = await at.startFunction();
    for (const { id } of endpoints) {
      const found = (await at.stores.endpoints.find(at.orgId, at.appId, id))!;
      await fresh.box.ready([found.secret.sealed]);
      expect(fresh.box.open(found.secret.sealed, id)).toBe(other);
    }
  });

  it('refuses a version of less than 32 bytes, one that is known, and retiring right after a rotation', async () => {
    const { current } = await at.stored('main');
    const rotate = (keyFile: string) => at.commands.rotate('main', { ...ROTATE, keyFile });
    await expect(rotate('short')).rejects.toThrow('at least 32');
    await expect(rotate(current)).rejects.toThrow('already');
    await rotate('x'.repeat(32));
    const retire = at.commands.retire('main', { stage: 'local', yes: true, force: false });
    await expect(retire).rejects.toThrow('retire it in 120 s');
    expect(await at.stored('main')).toMatchObject({ current: 'x'.repeat(32), previous: [current] });
  });
});

describe('rotating the JWT secret', () => {
  it('announces the next version before it becomes the current one, and retires the previous ones with --yes', async () => {
    const at = await prepare();
    const before = await at.stored('jwt');
    await at.commands.rotate('jwt', { ...ROTATE, wait: 65 });
    const after = await at.stored('jwt');
    expect(after).toMatchObject({ previous: [before.current] });
    expect(after).not.toHaveProperty('next');
    expect(at.said.filter((text) => text.startsWith('Waiting 65 s'))).toHaveLength(1);
    at.clock.now += 120_000;
    const retire = (yes: boolean) => at.commands.retire('jwt', { stage: 'local', yes, force: false });
    await expect(retire(false)).rejects.toThrow('--yes');
    await retire(true);
    expect(await at.stored('jwt')).toMatchObject({ current: after.current, previous: [] });
  });

  it('ends a rotation that stopped after its first step with the version that it announced', async () => {
    const at = await prepare();
    const { current } = await at.stored('jwt');
    at.state.crashes = true;
    await expect(at.commands.rotate('jwt', { ...ROTATE, wait: 65 })).rejects.toThrow('crashed');
    const begun = await at.stored('jwt');
    expect([begun.current, begun.previous]).toEqual([current, []]);
    at.state.crashes = false;
    await at.commands.rotate('jwt', ROTATE);
    expect((await at.stored('jwt')).current).toBe(begun.next);
    expect((await at.stored('jwt')).previous).toEqual([current]);
  });
});
