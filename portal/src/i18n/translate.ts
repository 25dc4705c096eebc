/** A text, or its forms by plural category (`count` chooses). `{name}` is the place of a parameter. */
export type Text =
  string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }>;
export type Catalogue<Key extends string> = Readonly<Record<Key, Text>>;
export type Parameters = Readonly<Record<string, string | number>>;

const PLACEHOLDER = /\{(\w+)\}/g;

const formOf = (text: Text, locale: string, count: unknown): string => {
  if (typeof text === 'string') return text;
  const category = typeof count === 'number' ? new Intl.PluralRules(locale).select(count) : 'other';
  return text[category] ?? text.other;
};

/** Fills the placeholders; numbers are written as the locale writes them. */
export const fill = (text: Text, locale: string, parameters: Parameters = {}): string =>
  formOf(text, locale, parameters['count']).replaceAll(PLACEHOLDER, (placeholder, name: string) => {
    const value = parameters[name];
    if (value === undefined) return placeholder;
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
  });

/** The text in parts, placeholders apart, for texts with elements in them. */
export const partsOf = (
  text: Text,
  locale: string,
  count?: number,
): readonly { text?: string; name?: string }[] =>
  formOf(text, locale, count)
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? { name: part.slice(1, -1) } : { text: part }));

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ';

const accented = (character: string): string => ACCENTED.charAt(PLAIN.indexOf(character));

const PADDING_WORD = /~{8}/g;

/** A third longer, as translations are, in words that a line can be broken between. */
const padding = (text: string): string =>
  '~'.repeat(Math.ceil(text.length / 3)).replaceAll(PADDING_WORD, '~~~~~~~ ');

const pseudoString = (text: string): string => {
  const body = text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : part.replaceAll(/[a-z]/gi, accented)))
    .join('');
  return `[${body}${padding(text)}]`;
};

const pseudoText = (text: Text): Text =>
  typeof text === 'string' ? pseudoString(text) : { ...mapForms(text), other: pseudoString(text.other) };

const mapForms = (forms: Exclude<Text, string>) =>
  Object.fromEntries(Object.entries(forms).map(([category, form]) => [category, pseudoString(form)]));

/** The pseudo-locale `en-XA`: accented, bracketed and a third longer, so that untranslated and clipped texts show. */
export const pseudo = <Key extends string>(catalogue: Catalogue<Key>): Catalogue<Key> => {
  const result: Record<string, Text> = {};
  for (const [key, text] of Object.entries<Text>(catalogue)) result[key] = pseudoText(text);
  return { ...catalogue, ...result };
};
