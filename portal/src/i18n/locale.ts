export const LOCALES = ['en', 'de', 'en-XA'] as const;
export type Locale = (typeof LOCALES)[number];

/** The pseudo-locale is asked for by name only. */
const isExact = (name: string): Locale | undefined =>
  LOCALES.find((locale) => locale.toLowerCase() === name.toLowerCase());

/** The first of the preferred locales (best first) that there is a catalogue for; English if there is none. */
export const chooseLocale = (preferred: readonly (string | null | undefined)[]): Locale => {
  for (const name of preferred) {
    if (name === null || name === undefined || name === '') continue;
    const found = isExact(name) ?? isExact(name.split('-')[0] ?? '');
    if (found !== undefined) return found;
  }
  return 'en';
};

/** The locale that dates, numbers and plurals are written in: the reader's region of the same language if known. */
export const formatLocale = (locale: Locale, languages: readonly string[]): string => {
  const language = locale === 'en-XA' ? 'en' : locale;
  return languages.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
};
