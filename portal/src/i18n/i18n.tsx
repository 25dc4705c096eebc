import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { clockTime, dayOf, duration, exactTime, relativeTime, shortTime } from './dates.ts';
import { en } from './en.ts';
import type { Key } from './en.ts';
import { formatLocale } from './locale.ts';
import type { Locale } from './locale.ts';
import { fill, partsOf, pseudo } from './translate.ts';
import type { Catalogue, Parameters } from './translate.ts';

export type { Key } from './en.ts';

export interface I18n {
  readonly locale: Locale;
  readonly t: (key: Key, parameters?: Parameters) => string;
  /** A text with elements in the place of its parameters. */
  readonly rich: (
    key: Key,
    parameters: Readonly<Record<string, ComponentChildren>>,
    count?: number,
  ) => ComponentChildren;
  readonly number: (value: number) => string;
  /** A share (0 to 1) in percent; never 100 % or 0 % unless it is exactly that. */
  readonly percent: (share: number) => string;
  readonly duration: (ms: number) => string;
  readonly relative: (atMs: number, nowMs: number) => string;
  readonly exact: (atMs: number) => string;
  readonly short: (atMs: number) => string;
  readonly clock: (atMs: number) => string;
  readonly day: (atMs: number) => string;
  /** `12K`. */
  readonly compact: (value: number) => string;
}

const percentOf = (locale: string, share: number): string => {
  const shown = share > 0 && share < 1 ? Math.min(0.999, Math.max(0.001, share)) : share;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(shown);
};

export const makeI18n = (locale: Locale, catalogue: Catalogue<Key>, languages: readonly string[]): I18n => {
  const format = formatLocale(locale, languages);
  return {
    locale,
    t: (key, parameters) => fill(catalogue[key], format, parameters),
    rich: (key, parameters, count) =>
      partsOf(catalogue[key], format, count).map(({ text, name }) =>
        name === undefined ? text : (parameters[name] ?? ''),
      ),
    number: (value) => new Intl.NumberFormat(format).format(value),
    percent: (share) => percentOf(format, share),
    duration: (ms) => duration(format, ms),
    relative: (atMs, nowMs) => relativeTime(format, atMs, nowMs),
    exact: (atMs) => exactTime(format, atMs),
    short: (atMs) => shortTime(format, atMs),
    clock: (atMs) => clockTime(format, atMs),
    day: (atMs) => dayOf(format, atMs),
    compact: (value) => new Intl.NumberFormat(format, { notation: 'compact' }).format(value),
  };
};

/** The catalogue of a locale; German is loaded only where it is read. */
export const loadCatalogue = async (locale: Locale): Promise<Catalogue<Key>> => {
  if (locale === 'de') return (await import('./de.ts')).de;
  return locale === 'en-XA' ? pseudo(en) : en;
};

export interface Language {
  readonly locale: Locale;
  readonly catalogue: Catalogue<Key>;
}

/** The language to start with: English, which is part of the page, if the other one cannot be loaded. */
export const startingLanguage = async (locale: Locale): Promise<Language> => {
  try {
    return { locale, catalogue: await loadCatalogue(locale) };
  } catch {
    return { locale: 'en', catalogue: en };
  }
};

export const I18nContext = createContext<I18n>(makeI18n('en', en, []));

export const useI18n = (): I18n => useContext(I18nContext);
