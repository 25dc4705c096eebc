import { describe, expect, it } from 'vitest';
import { de } from '../../../portal/src/i18n/de.ts';
import { en } from '../../../portal/src/i18n/en.ts';
import { duration, relativeTime } from '../../../portal/src/i18n/dates.ts';
import { chooseLocale, formatLocale } from '../../../portal/src/i18n/locale.ts';
import { fill, pseudo } from '../../../portal/src/i18n/translate.ts';
import type { Text } from '../../../portal/src/i18n/translate.ts';

const forms = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text));
const placeholders = (text: Text) =>
  [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].toSorted();

describe('portal: texts', () => {
  it('have the same placeholders in German and English', () => {
    const german: Readonly<Record<string, Text>> = de;
    for (const [key, text] of Object.entries<Text>(en)) {
      expect([key, placeholders(german[key] ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  it('choose the form by count and write numbers as the locale does', () => {
    const text = { one: '{count} message', other: '{count} messages' };
    expect(fill(text, 'en', { count: 1 })).toBe('1 message');
    expect(fill(text, 'de', { count: 12_500 })).toBe('12.500 messages');
  });

  it('are accented, bracketed and longer in the pseudo-locale, with their placeholders', () => {
    expect(pseudo({ key: 'Copy {what}' })).toEqual({ key: '[Çöþý {what}~~~~]' });
  });
});

describe('portal: locale', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr', 'de'], 'de'],
    [['fr'], 'en'],
    [['en-XA'], 'en-XA'],
    [[null, undefined, 'EN-us'], 'en'],
  ])('of %j is %s', (preferred, locale) => {
    expect(chooseLocale(preferred)).toBe(locale);
  });

  it('writes dates in the region of the reader', () => {
    expect(formatLocale('en', ['de', 'en-GB'])).toBe('en-GB');
    expect(formatLocale('de', ['en-GB'])).toBe('de');
  });

  it('says how long ago something was', () => {
    expect(relativeTime('en', 0, 3 * 60_000)).toBe('3 min. ago');
    expect(relativeTime('de', 2 * 3_600_000, 0)).toBe('in 2 Std.');
  });
});

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [15_000, '15 sec'],
  [119_000, '119 sec'],
  [600_000, '10 min'],
  [9_000_000, '2.5 hr'],
  [604_800_000, '7 days'],
])('portal: a duration of %i ms is %s', (ms, text) => expect(duration('en', ms)).toBe(text));
