import { beforeAll, describe, expect, it } from 'vitest';
import type { SettingsStore } from '../../../functions/catalog/catalog.port.ts';
import { ADAPTERS } from './adapters.ts';
import { freshOrg } from './catalog.ts';

describe.each(ADAPTERS)('settings store %s', (_, makeStores) => {
  let settings: SettingsStore;
  beforeAll(async () => {
    ({ settings } = await makeStores());
  });

  it('has no overrides for a new organization', async () => {
    expect(await settings.overrides(freshOrg())).toEqual({});
  });

  it('changes named settings, and null removes the override', async () => {
    const orgId = freshOrg();
    await settings.change(orgId, { retrySchedule: [0.5, 60], requestTimeout: 3, operationalWebhooks: false });
    const changed = await settings.change(orgId, {
      requestTimeout: null,
      retrySchedule: undefined,
      allowedSubnets: [],
    });
    expect(changed).toEqual({ retrySchedule: [0.5, 60], operationalWebhooks: false, allowedSubnets: [] });
    expect(await settings.overrides(orgId)).toEqual(changed);
  });

  it('replaces how the portal looks as a whole', async () => {
    const orgId = freshOrg();
    const portal = { displayName: 'A', colorPaletteLight: { primary: '#112233', textDanger: null } };
    await settings.change(orgId, { portal, requestTimeout: 3 });
    expect(await settings.overrides(orgId)).toEqual({ portal, requestTimeout: 3 });
    await settings.change(orgId, { portal: { enableChannels: true } });
    expect(await settings.overrides(orgId)).toEqual({ portal: { enableChannels: true }, requestTimeout: 3 });
    await settings.change(orgId, { portal: null });
    expect(await settings.overrides(orgId)).toEqual({ requestTimeout: 3 });
  });

  it('keeps the settings of organizations apart', async () => {
    const [orgId, other] = [freshOrg(), freshOrg()];
    await settings.change(orgId, { requestTimeout: 3 });
    expect(await settings.overrides(other)).toEqual({});
    await settings.change(other, { requestTimeout: 4 });
    expect(await settings.overrides(orgId)).toEqual({ requestTimeout: 3 });
  });

  it('keeps every one of 20 parallel changes of different settings', async () => {
    const orgId = freshOrg();
    await Promise.all([
      ...Array.from({ length: 10 }, () => settings.change(orgId, { requestTimeout: 9 })),
      ...Array.from({ length: 10 }, () => settings.change(orgId, { endpointHttpsOnly: true })),
    ]);
    expect(await settings.overrides(orgId)).toEqual({ requestTimeout: 9, endpointHttpsOnly: true });
  });
});
