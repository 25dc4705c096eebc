import { causes } from '../i18n/en/causes.ts';

type Key = keyof typeof causes;
type CodeOf<K> = K extends `cause.${infer Code}.title` ? Code : never;
/** The codes that this page has texts for. */
export type CauseCode = CodeOf<Key>;
/** What the texts mention, of one attempt. */
export interface CauseFacts {
  readonly url: string;
  readonly status: number;
  /** How long the attempt took, in the reader's language. */
  readonly time: string;
}

/** What the API says about a cause, in English: shown for codes that this page does not know yet. */
interface ApiCause {
  readonly code: string;
  readonly sentence?: string | undefined;
  readonly advice?: string | undefined;
}

type Translate = (key: Key, parameters?: Readonly<Record<string, string | number>>) => string;

const isKey = (key: string): key is Key => Object.hasOwn(causes, key);

const keyOf = (code: string, part: 'title' | 'what' | 'advice'): Key | undefined => {
  const key = `cause.${code}.${part}`;
  return isKey(key) ? key : undefined;
};

export const isCauseCode = (code: string): code is CauseCode => isKey(`cause.${code}.title`);

export const CAUSE_CODES: readonly CauseCode[] = Object.keys(causes)
  .flatMap((key) => /^cause\.(.*)\.title$/.exec(key)?.[1] ?? [])
  .filter(isCauseCode);

const portOf = ({ port, protocol }: URL): string => {
  if (port !== '') return port;
  return protocol === 'http:' ? '80' : '443';
};

const placeholders = ({ url, status, time }: CauseFacts): Readonly<Record<string, string>> => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return {
    host: parsed?.hostname ?? url,
    port: parsed === undefined ? '443' : portOf(parsed),
    status: String(status),
    time,
  };
};

/** The name of a cause in lists. */
export const causeTitle = (t: Translate, code: string): string => {
  const key = keyOf(code, 'title');
  return key === undefined ? code : t(key);
};

/** What to do about a cause; empty: unknown. */
export const causeAdvice = (t: Translate, { code, advice = '' }: ApiCause): string => {
  const key = keyOf(code, 'advice');
  return key === undefined ? advice : t(key);
};

/** What happened, with the facts of an attempt. */
export const causeSentence = (t: Translate, { code, sentence }: ApiCause, facts: CauseFacts): string => {
  const key = keyOf(code, 'what');
  return key === undefined ? (sentence ?? code) : t(key, placeholders(facts));
};
