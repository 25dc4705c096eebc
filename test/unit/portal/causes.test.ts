import { describe, expect, it } from 'vitest';
import { CANCEL_REASONS } from '../../../functions/deliver/canceled.domain.ts';
import { FAILURE_CAUSES } from '../../../functions/deliver/causes.domain.ts';
import { causes as german } from '../../../portal/src/i18n/de/causes.ts';
import { causes as english } from '../../../portal/src/i18n/en/causes.ts';
import { fill } from '../../../portal/src/i18n/translate.ts';
import type { Parameters } from '../../../portal/src/i18n/translate.ts';
import { CAUSE_CODES, causeAdvice, causeSentence, causeTitle } from '../../../portal/src/lib/causes.ts';

const CODES = [...FAILURE_CAUSES, ...CANCEL_REASONS.map((reason) => `canceled:${reason}`)];
const FACTS = { url: 'https://hooks.example.com/a', status: 503, time: '15 seconds' };
type Key = keyof typeof english;

const translated = (locale: 'en' | 'de') => (key: Key, parameters?: Parameters) =>
  fill({ en: english, de: german }[locale][key], locale, parameters);

it('the page has texts for exactly the causes that attempts are recorded with', () => {
  expect([...CAUSE_CODES].sort()).toEqual([...CODES].sort());
});

describe.each(['en', 'de'] as const)('texts about causes of failure (%s)', (locale) => {
  const t = translated(locale);

  it.each(CODES)('say what happened and what to do, with all facts filled in: %s', (code) => {
    const texts = [causeTitle(t, code), causeSentence(t, { code }, FACTS), causeAdvice(t, { code })];
    for (const text of texts) expect(text).toMatch(/^[^{}]{5,}$/);
    expect(texts[1]).toMatch(/\.$/);
    expect(texts[2]).toMatch(/\.$/);
  });

  it('mention the same facts as in the other language', () => {
    const facts = (text: unknown) => [...String(text).matchAll(/\{\w+\}/g)].map(([fact]) => fact).sort();
    for (const key of Object.keys(english) as Key[])
      expect(facts(german[key]), key).toEqual(facts(english[key]));
  });

  it('are those of the API for a code that the page does not know', () => {
    const cause = { code: 'toString', sentence: 'New cause.', advice: 'New advice.' };
    expect(causeTitle(t, cause.code)).toBe('toString');
    expect(causeSentence(t, cause, FACTS)).toBe('New cause.');
    expect(causeAdvice(t, cause)).toBe('New advice.');
  });
});

it.each([
  ['https://example.com/a', 'example.com refused the connection to port 443.'],
  ['http://example.com/a', 'example.com refused the connection to port 80.'],
  ['https://example.com:8443/a', 'example.com refused the connection to port 8443.'],
  ['not a url', 'not a url refused the connection to port 443.'],
])('fills host and port of %s in', (url, what) => {
  expect(causeSentence(translated('en'), { code: 'connection_refused' }, { ...FACTS, url })).toBe(what);
});
