import * as z from 'zod';
import { RADII, palette, portalSettings } from '../../platform/settings/portal-settings.ts';
import type { PortalSettings } from '../../platform/settings/portal-settings.ts';
import { memoize } from '../memoize.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

export const portalSettingsIn = memoize(() => portalSettings().meta({ id: 'PortalSettingsIn' }));

const orNull = () => z.string().nullable();
const paletteOut = component('PortalPaletteOut', () => palette(() => z.string().nullable()));
const radius = () => z.enum(RADII).nullable();

/** Every field; null: not set. */
export const portalSettingsOut = component('PortalSettingsOut', () => ({
  displayName: orNull(),
  logoUrl: orNull(),
  customLogoUrl: orNull(),
  customFontFamily: orNull(),
  colorPaletteLight: paletteOut().nullable(),
  colorPaletteDark: paletteOut().nullable(),
  customThemeOverride: z
    .object({
      borderRadius: z.object({ button: radius(), card: radius(), input: radius() }),
      fontSize: z.object({ base: z.int().nullable() }),
    })
    .nullable(),
  customStringsOverride: z
    .object({ channelsOne: orNull(), channelsMany: orNull(), channelsHelp: orNull() })
    .nullable(),
  enableChannels: z.boolean(),
  enableMessageTags: z.boolean(),
  showFeatureTooltips: z.boolean(),
  showSvixBrandFooter: z.boolean(),
}));

const printPalette = (colors: PortalSettings['colorPaletteLight']) =>
  colors == null ? null : palette((name) => colors[name] ?? null);

const printTheme = (theme: PortalSettings['customThemeOverride']) => {
  if (theme == null) return null;
  const { button = null, card = null, input = null } = theme.borderRadius ?? {};
  return { borderRadius: { button, card, input }, fontSize: { base: theme.fontSize?.base ?? null } };
};

const printStrings = (strings: PortalSettings['customStringsOverride']) => {
  if (strings == null) return null;
  const { channelsOne = null, channelsMany = null, channelsHelp = null } = strings;
  return { channelsOne, channelsMany, channelsHelp };
};

/** null: the organization and the stage have set nothing. */
export const printPortalSettings = (settings: PortalSettings | null): ValueOf<typeof portalSettingsOut> => ({
  displayName: settings?.displayName ?? null,
  logoUrl: settings?.logoUrl ?? null,
  customLogoUrl: settings?.customLogoUrl ?? null,
  customFontFamily: settings?.customFontFamily ?? null,
  colorPaletteLight: printPalette(settings?.colorPaletteLight),
  colorPaletteDark: printPalette(settings?.colorPaletteDark),
  customThemeOverride: printTheme(settings?.customThemeOverride),
  customStringsOverride: printStrings(settings?.customStringsOverride),
  enableChannels: settings?.enableChannels ?? false,
  enableMessageTags: settings?.enableMessageTags ?? false,
  showFeatureTooltips: settings?.showFeatureTooltips ?? true,
  showSvixBrandFooter: settings?.showSvixBrandFooter ?? false,
});
