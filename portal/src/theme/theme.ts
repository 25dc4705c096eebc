import type { Palette, PortalSettings } from '../api/types.ts';
import { colourOf, fontOf } from '../embed/parameters.ts';
import type { EmbedParameters } from '../embed/parameters.ts';
import { readableOn, textOn } from './colour.ts';

export type Scheme = 'light' | 'dark' | 'auto';

type Side = 'light' | 'dark';

/** The tokens of styles/tokens.css that a palette can replace. */
interface Tokens {
  readonly page: string;
  readonly surface: string;
  readonly hover: string;
  readonly text: string;
  readonly muted: string;
  readonly danger: string;
  readonly success: string;
  readonly warning: string;
  readonly border: string;
  readonly accent: string;
}

const DEFAULTS: Readonly<Record<Side, Tokens>> = {
  light: {
    ...{ page: '#f8f9fa', surface: '#ffffff', hover: '#f1f3f5', text: '#17191e', muted: '#59616e' },
    ...{ danger: '#b3261e', success: '#0b7045', warning: '#8a5300', border: '#e3e6ea', accent: '#3b5bdb' },
  },
  dark: {
    ...{ page: '#0e1013', surface: '#15181c', hover: '#1d2126', text: '#e9ebee', muted: '#9ba4b0' },
    ...{ danger: '#ff9a92', success: '#5fd39b', warning: '#f0b95a', border: '#2a2f36', accent: '#91a7ff' },
  },
};

const RADII = { none: '0px', sm: '4px', md: '8px', lg: '12px', full: '999px' } as const;
const CARD_RADII = { ...RADII, full: '20px' } as const;

/** How far a tinted surface (badge, banner) is mixed from its colour; as in styles/tokens.css. */
const TINT = 0.1;

const mixed = (from: string, into: string): string => {
  const part = (at: number) =>
    Math.round(
      Number.parseInt(from.slice(at, at + 2), 16) * TINT +
        Number.parseInt(into.slice(at, at + 2), 16) * (1 - TINT),
    )
      .toString(16)
      .padStart(2, '0');
  return `#${part(1)}${part(3)}${part(5)}`;
};

/** The colours of one side, each text colour readable on all that it is written on. */
const sideTokens = (side: Side, palette: Palette | null, primary: string | null): Record<string, string> => {
  const own = DEFAULTS[side];
  const page = colourOf(palette?.backgroundSecondary) ?? own.page;
  const surface = colourOf(palette?.backgroundPrimary) ?? own.surface;
  const hover = colourOf(palette?.backgroundHover) ?? own.hover;
  const grounds = [page, surface, hover];
  const readable = (colour: string) => readableOn(colour, grounds);
  const tinted = (colour: string) =>
    readableOn(colour, [...grounds, mixed(colour, surface), mixed(colour, hover)]);
  const accent = primary ?? colourOf(palette?.primary) ?? own.accent;
  const button = primary ?? colourOf(palette?.buttonPrimary) ?? accent;
  const interactive = primary ?? colourOf(palette?.interactiveAccent) ?? accent;
  const navigation = primary ?? colourOf(palette?.navigationAccent) ?? accent;
  return {
    ...{ page, surface, hover },
    text: readable(colourOf(palette?.textPrimary) ?? own.text),
    muted: readable(colourOf(palette?.textSecondary) ?? own.muted),
    border: colourOf(palette?.borderPrimary) ?? own.border,
    danger: tinted(colourOf(palette?.textDanger) ?? own.danger),
    success: tinted(own.success),
    warning: tinted(own.warning),
    accent: button,
    'on-accent': textOn(button),
    link: tinted(interactive),
    navigation: readable(navigation),
  };
};

const prefixed = (side: Side, tokens: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--${name}-${side}`, value]));

const FONT_SIZE = { smallest: 10, largest: 24, usual: 16 };

const shape = (settings: PortalSettings | null): Record<string, string> => {
  const radius = settings?.customThemeOverride?.borderRadius;
  const size = settings?.customThemeOverride?.fontSize.base;
  return {
    ...(radius?.button ? { '--radius-button': RADII[radius.button] } : {}),
    ...(radius?.input ? { '--radius-input': RADII[radius.input === 'full' ? 'lg' : radius.input] } : {}),
    ...(radius?.card ? { '--radius-card': CARD_RADII[radius.card] } : {}),
    ...(size == null
      ? {}
      : {
          '--font-scale': String(
            Math.min(FONT_SIZE.largest, Math.max(FONT_SIZE.smallest, size)) / FONT_SIZE.usual,
          ),
        }),
  };
};

/** The custom properties of a theme: query parameters win over the organization's settings, and those over our own. */
export const themeProperties = (
  embed: Pick<EmbedParameters, 'primaryLight' | 'primaryDark' | 'fontFamily'>,
  settings: PortalSettings | null,
): Readonly<Record<string, string>> => {
  const font = embed.fontFamily ?? fontOf(settings?.customFontFamily);
  return {
    ...prefixed('light', sideTokens('light', settings?.colorPaletteLight ?? null, embed.primaryLight)),
    ...prefixed('dark', sideTokens('dark', settings?.colorPaletteDark ?? null, embed.primaryDark)),
    ...shape(settings),
    ...(font === null ? {} : { '--font-brand': `'${font}'` }),
  };
};
