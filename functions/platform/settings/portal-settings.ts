import * as z from 'zod';

/**
 * How the portal looks for the customers of an organization. Names are those of Svix's environment settings; those that the
 * portal does not honour are not accepted.
 */

const URL_CHARS = 512;
const NAME_CHARS = 100;
const STRING_CHARS = 60;
const HELP_CHARS = 300;

const text = (most: number, description: string) => z.string().max(most).meta({ description });

const isHttps = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
};

/** The page shows images from https alone (its Content-Security-Policy). */
const image = (description: string) =>
  z.string().max(URL_CHARS).refine(isHttps, 'must be an https URL').meta({ description, format: 'uri' });

type Color =
  | 'primary'
  | 'backgroundPrimary'
  | 'backgroundSecondary'
  | 'backgroundHover'
  | 'textPrimary'
  | 'textSecondary'
  | 'textDanger'
  | 'interactiveAccent'
  | 'navigationAccent'
  | 'buttonPrimary'
  | 'borderPrimary';

const color = () =>
  z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour as #rrggbb')
    .meta({ maxLength: 7, examples: ['#3366ff'] });

/** A palette with the same for each of its colours. */
export const palette = <Of>(of: (name: Color) => Of): Record<Color, Of> => ({
  primary: of('primary'),
  backgroundPrimary: of('backgroundPrimary'),
  backgroundSecondary: of('backgroundSecondary'),
  backgroundHover: of('backgroundHover'),
  textPrimary: of('textPrimary'),
  textSecondary: of('textSecondary'),
  textDanger: of('textDanger'),
  interactiveAccent: of('interactiveAccent'),
  navigationAccent: of('navigationAccent'),
  buttonPrimary: of('buttonPrimary'),
  borderPrimary: of('borderPrimary'),
});

const paletteIn = () => z.strictObject(palette(() => color().nullish())).nullish();

export const RADII = ['none', 'sm', 'md', 'lg', 'full'] as const;
const radius = () => z.enum(RADII).nullish();

/** The settings as they may be written; absent and null fields are not set. */
export const portalSettings = () =>
  z.strictObject({
    displayName: text(NAME_CHARS, 'The name of the organization').nullish(),
    logoUrl: image('The logo on light backgrounds').nullish(),
    customLogoUrl: image('The logo on dark backgrounds').nullish(),
    customFontFamily: z
      .string()
      .max(NAME_CHARS)
      .regex(/^[a-zA-Z0-9\-_ ]+$/, 'may have A to Z, a to z, 0 to 9, spaces, - and _')
      .nullish(),
    colorPaletteLight: paletteIn(),
    colorPaletteDark: paletteIn(),
    customThemeOverride: z
      .strictObject({
        borderRadius: z.strictObject({ button: radius(), card: radius(), input: radius() }).nullish(),
        fontSize: z.strictObject({ base: z.int().min(10).max(24).nullish() }).nullish(),
      })
      .nullish(),
    customStringsOverride: z
      .strictObject({
        channelsOne: text(STRING_CHARS, 'The word for a channel').nullish(),
        channelsMany: text(STRING_CHARS, 'The word for channels').nullish(),
        channelsHelp: text(HELP_CHARS, 'What channels are').nullish(),
      })
      .nullish(),
    enableChannels: z.boolean().nullish(),
    enableMessageTags: z.boolean().nullish(),
    showFeatureTooltips: z.boolean().nullish(),
    showSvixBrandFooter: z.boolean().nullish(),
  });

export type PortalSettings = z.output<ReturnType<typeof portalSettings>>;

/** Its parts were checked when they were written, and only the portal reads them: stricter rules must not make a row unreadable. */
export const storedPortalSettings = () =>
  z.custom<PortalSettings>((value) => typeof value === 'object' && value !== null);
