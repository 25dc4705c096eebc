/** The query parameters that a page which embeds the portal may set. Of duplicates the last one wins. */
export interface EmbedParameters {
  readonly next: string | null;
  readonly scheme: 'light' | 'dark' | 'auto' | null;
  readonly primaryLight: string | null;
  readonly primaryDark: string | null;
  readonly icon: string | null;
  readonly fontFamily: string | null;
  readonly hideNavigation: boolean;
  readonly noGutters: boolean;
  readonly locale: string | null;
}

/** Fonts that are used where the reader's system has them: the page loads none. */
const FONTS = [
  ...['Arial', 'Fira Sans', 'Geist', 'Georgia', 'Helvetica', 'Helvetica Neue', 'IBM Plex Sans', 'Inter'],
  ...['Lato', 'Lexend', 'Manrope', 'Montserrat', 'Noto Sans', 'Nunito', 'Open Sans', 'Poppins', 'Raleway'],
  ...['Roboto', 'Rubik', 'Segoe UI', 'Source Sans 3', 'Source Sans Pro', 'Ubuntu', 'Verdana', 'Work Sans'],
];

const last = (search: URLSearchParams, name: string): string | null => search.getAll(name).at(-1) ?? null;

const schemeOf = (value: string | null): EmbedParameters['scheme'] => {
  if (value === 'true') return 'dark';
  if (value === 'false') return 'light';
  return value === 'auto' ? 'auto' : null;
};

/** `RRGGBB`, with or without `#`, as `#rrggbb`. */
export const colourOf = (value: string | null | undefined): string | null => {
  const digits = value?.trim().replace(/^#/, '') ?? '';
  if (/^[\da-f]{3}$/i.test(digits)) return `#${digits.replaceAll(/./g, '$&$&')}`.toLowerCase();
  return /^[\da-f]{6}$/i.test(digits) ? `#${digits.toLowerCase()}` : null;
};

/** An image that may be shown: https only. */
export const imageUrlOf = (value: string | null | undefined): string | null => {
  if (value === null || value === undefined || !URL.canParse(value)) return null;
  const url = new URL(value);
  return url.protocol === 'https:' && url.username === '' ? url.href : null;
};

/** The listed font of this name, whatever its case. */
export const fontOf = (value: string | null | undefined): string | null =>
  FONTS.find((font) => font.toLowerCase() === value?.trim().replaceAll('+', ' ').toLowerCase()) ?? null;

export const parseEmbedParameters = (query: string): EmbedParameters => {
  const search = new URLSearchParams(query);
  const primary = colourOf(last(search, 'primaryColor'));
  return {
    next: last(search, 'next'),
    scheme: schemeOf(last(search, 'darkMode')),
    primaryLight: colourOf(last(search, 'primaryColorLight')) ?? primary,
    primaryDark: colourOf(last(search, 'primaryColorDark')) ?? primary,
    icon: imageUrlOf(last(search, 'icon')),
    fontFamily: fontOf(last(search, 'fontFamily')),
    hideNavigation: last(search, 'hideNavigation') === 'true',
    noGutters: last(search, 'noGutters') === 'true',
    locale: last(search, 'locale'),
  };
};

/** The names above: removed from the address once they were read. */
export const EMBED_PARAMETERS: readonly string[] = [
  ...['next', 'darkMode', 'primaryColor', 'primaryColorLight', 'primaryColorDark', 'icon', 'fontFamily'],
  ...['hideNavigation', 'noGutters', 'locale'],
];
