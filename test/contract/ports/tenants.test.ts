import { describe, expect, it } from 'vitest';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { APP, NOON, ORG, SETTINGS, application, endpoint } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';

describe.each(ADAPTERS)('tenants %s', (_, makeSide) => {
  it('are an application with its endpoints and the settings in force, by id or uid', async () => {
    const side = await makeSide();
    await side.createApplication(application({ uid: 'acme' }));
    await side.createEndpoint(endpoint({ id: endpointId('ep_2') }));
    await side.createEndpoint(endpoint({ id: endpointId('ep_1') }));
    const tenant = await side.tenants.resolve(ORG, 'acme');
    expect(tenant?.application).toEqual(application({ uid: 'acme' }));
    expect(tenant?.endpoints.map(({ id }) => id)).toEqual(['ep_1', 'ep_2']);
    expect(tenant?.settings).toEqual(SETTINGS);
    expect(await side.tenants.resolve(ORG, APP)).toEqual(tenant);
  });

  it('are unknown to other organizations', async () => {
    const side = await makeSide();
    await side.createApplication(application({ uid: 'acme' }));
    for (const name of [APP, 'acme'])
      expect(await side.tenants.resolve(orgId('org_other'), name)).toBeUndefined();
  });

  it('are loaded in the order asked, undefined where there is none', async () => {
    const side = await makeSide();
    await side.createApplication(application());
    const keys = [appId('app_none'), APP, APP].map((id) => ({ orgId: ORG, appId: id }));
    expect((await side.tenants.load(keys)).map((tenant) => tenant?.application.id)).toEqual([
      undefined,
      APP,
      APP,
    ]);
    expect(await side.tenants.load([])).toEqual([]);
  });

  it('are seen to change at once', async () => {
    const side = await makeSide();
    await side.createApplication(application());
    await side.tenants.resolve(ORG, APP);
    await side.createEndpoint(endpoint({ createdAt: NOON }));
    expect((await side.tenants.resolve(ORG, APP))?.endpoints).toHaveLength(1);
    await side.removeApplication(ORG, APP);
    expect(await side.tenants.resolve(ORG, APP)).toBeUndefined();
    expect(await side.tenants.load([{ orgId: ORG, appId: APP }])).toEqual([undefined]);
  });
});
