import { describe, expect, it } from 'vitest';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { APP, NOON, ORG, SETTINGS, application, endpoint } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';

describe.each(ADAPTERS)('tenants %s', (_, makeAdapters) => {
  it('have an application with its endpoints and effective settings, by id or uid', async () => {
    const adapters = await makeAdapters();
    await adapters.createApplication(application({ uid: 'acme' }));
    await adapters.createEndpoint(endpoint({ id: endpointId('ep_2') }));
    await adapters.createEndpoint(endpoint({ id: endpointId('ep_1') }));
    const tenant = await adapters.tenants.resolve(ORG, 'acme');
    expect(tenant?.application).toEqual(application({ uid: 'acme' }));
    expect(tenant?.endpoints.map(({ id }) => id)).toEqual(['ep_1', 'ep_2']);
    expect(tenant?.settings).toEqual(SETTINGS);
    expect(await adapters.tenants.resolve(ORG, APP)).toEqual(tenant);
  });

  it('are not found by other organizations', async () => {
    const adapters = await makeAdapters();
    await adapters.createApplication(application({ uid: 'acme' }));
    for (const name of [APP, 'acme'])
      expect(await adapters.tenants.resolve(orgId('org_other'), name)).toBeUndefined();
  });

  it('are loaded in the order of the keys, undefined when absent', async () => {
    const adapters = await makeAdapters();
    await adapters.createApplication(application());
    const keys = [appId('app_none'), APP, APP].map((id) => ({ orgId: ORG, appId: id }));
    expect((await adapters.tenants.load(keys)).map((tenant) => tenant?.application.id)).toEqual([
      undefined,
      APP,
      APP,
    ]);
    expect(await adapters.tenants.load([])).toEqual([]);
  });

  it('change at once for readers', async () => {
    const adapters = await makeAdapters();
    await adapters.createApplication(application());
    await adapters.tenants.resolve(ORG, APP);
    await adapters.createEndpoint(endpoint({ createdAt: NOON }));
    expect((await adapters.tenants.resolve(ORG, APP))?.endpoints).toHaveLength(1);
    await adapters.removeApplication(ORG, APP);
    expect(await adapters.tenants.resolve(ORG, APP)).toBeUndefined();
    expect(await adapters.tenants.load([{ orgId: ORG, appId: APP }])).toEqual([undefined]);
  });
});
