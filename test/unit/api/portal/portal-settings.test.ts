import { describe, expect, it } from 'vitest';
import { complaints, makeClient, token } from '../client.ts';
import { ORG } from '../fakes.ts';

const PATH = '/api/v1/portal-settings';
const IN_APPLICATION = '/api/v1/app/acme/portal-settings';

const NOTHING_SET = {
  ...{ displayName: null, logoUrl: null, customLogoUrl: null, customFontFamily: null },
  ...{ colorPaletteLight: null, colorPaletteDark: null },
  ...{ customThemeOverride: null, customStringsOverride: null },
  ...{ enableChannels: false, enableMessageTags: false },
  ...{ showFeatureTooltips: true, showSvixBrandFooter: false },
};

const start = async () => {
  const client = await makeClient();
  const app = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  const asApplication = async (claims: object = {}) => ({
    authorization: `Bearer ${await token({ sub: app.id, org: ORG, capabilities: ['ViewBase'], ...claims })}`,
  });
  return { ...client, asApplication };
};

describe('portal settings', () => {
  it('are replaced by the organization and read by tokens of its applications', async () => {
    const { send, asApplication } = await start();
    expect((await send('GET', PATH)).json).toEqual(NOTHING_SET);
    const { status, json } = await send('PUT', PATH, {
      ...{ displayName: 'Example Inc.', logoUrl: 'https://example.com/logo.svg', customLogoUrl: null },
      colorPaletteLight: { primary: '#3366fF', textDanger: null },
      customThemeOverride: { borderRadius: { button: 'md' } },
      ...{ customStringsOverride: { channelsOne: 'project' }, enableChannels: true },
    });
    const expected = {
      ...NOTHING_SET,
      ...{ displayName: 'Example Inc.', logoUrl: 'https://example.com/logo.svg', enableChannels: true },
      colorPaletteLight: {
        ...{ primary: '#3366fF', backgroundPrimary: null, backgroundSecondary: null, backgroundHover: null },
        ...{ textPrimary: null, textSecondary: null, textDanger: null, interactiveAccent: null },
        ...{ navigationAccent: null, buttonPrimary: null, borderPrimary: null },
      },
      customThemeOverride: {
        borderRadius: { button: 'md', card: null, input: null },
        fontSize: { base: null },
      },
      customStringsOverride: { channelsOne: 'project', channelsMany: null, channelsHelp: null },
    };
    expect([status, json]).toEqual([200, expected]);
    expect((await send('GET', IN_APPLICATION, undefined, await asApplication())).json).toEqual(expected);
    await send('PUT', PATH, {});
    expect((await send('GET', PATH)).json).toEqual(NOTHING_SET);
  });

  it('override those of the stage', async () => {
    const { send, simulation } = await start();
    const { deps } = simulation;
    const portal = { displayName: 'Stage', enableChannels: true };
    Object.assign(deps, { settingsDefaults: { ...deps.settingsDefaults, portal } });
    expect((await send('GET', IN_APPLICATION)).json).toEqual({ ...NOTHING_SET, ...portal });
    await send('PUT', PATH, { displayName: 'Ours' });
    expect((await send('GET', IN_APPLICATION)).json).toEqual({ ...NOTHING_SET, displayName: 'Ours' });
  });

  it('are neither written nor read apart by application tokens', async () => {
    const { send, asApplication } = await start();
    const as = await asApplication({ capabilities: null });
    expect((await send('PUT', PATH, {}, as)).status).toBe(403);
    expect((await send('GET', PATH, undefined, as)).status).toBe(403);
    expect((await send('GET', '/api/v1/app/other/portal-settings', undefined, as)).status).toBe(404);
  });

  it.each([
    [{ logoUrl: 'http://example.com/logo.svg' }, 'logo_url'],
    [{ logoUrl: 'javascript:alert(1)' }, 'logo_url'],
    [{ logoUrl: 'https://user:word@example.com/' }, 'logo_url'],
    [{ logoUrl: `https://example.com/${'a'.repeat(600)}` }, 'logo_url'],
    [{ colorPaletteLight: { primary: 'red' } }, 'color_palette_light'],
    [{ colorPaletteDark: { primary: '#12345' } }, 'color_palette_dark'],
    [{ colorPaletteDark: { other: '#123456' } }, 'color_palette_dark'],
    [{ customFontFamily: 'a;b' }, 'custom_font_family'],
    [{ displayName: 'a'.repeat(101) }, 'display_name'],
    [{ customThemeOverride: { borderRadius: { button: 'huge' } } }, 'custom_theme_override'],
    [{ customThemeOverride: { fontSize: { base: 40 } } }, 'custom_theme_override'],
    [{ customStringsOverride: { channelsOne: 'a'.repeat(61) } }, 'custom_strings_override'],
    [{ enableChannels: 'yes' }, 'enableChannels'],
    [{ unknown: 1 }, ''],
  ])('refuse %j', async (body, place) => {
    const { send } = await start();
    const answer = await send('PUT', PATH, body);
    expect(answer.status).toBe(422);
    expect(complaints(answer).join()).toMatch(new RegExp(`^body(/${place})?\\b`));
    expect((await send('GET', PATH)).json).toEqual(NOTHING_SET);
  });
});
