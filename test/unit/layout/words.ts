/** A word of this project's past that a reader would have to learn first, and what engineers say instead. */
export interface Retired {
  readonly name: string;
  /** Matched against lower-case text whose identifiers are split into words. */
  readonly word: RegExp;
  readonly say: string;
}

export const RETIRED: readonly Retired[] = [
  { name: 'letter', word: /(?<!dead )\bletter(s|ed)?\b/, say: 'dead letter, dead-lettered message' },
  {
    name: 'the way',
    word: /\b(on|along|under) (the|its|their) way\b|\bthe way of\b/,
    say: 'message lifecycle, in flight',
  },
  {
    name: 'turn',
    word: /\b(a|an|its|his|their|the|each|one|this|next|own|whose|every|no) turns?\b|\bturns of\b/,
    say: 'attempt number, slot, fan-out page',
  },
  { name: 'turn off', word: /\bturn(s|ed|ing)? (\w+ )?(on|off)\b/, say: 'disable, enable' },
  { name: 'errand', word: /\berrands?\b/, say: 'queue message' },
  { name: 'wake', word: /\b(wakes?|woken)\b/, say: 'drain timer' },
  { name: 'story', word: /\bstor(y|ies)\b/, say: 'on-call information, scenario' },
  { name: 'house', word: /\bhouse\b/, say: 'service' },
  { name: 'door', word: /\b(doors?|front door)\b/, say: 'API, proxy' },
  { name: 'verdict', word: /\bverdicts?\b/, say: 'eligibility' },
  { name: 'standing', word: /\bstandings?\b/, say: 'latest state, lock state, eligibility' },
  { name: 'wanted', word: /\b(un)?wanted\b/, say: 'eligible' },
  { name: 'wish', word: /\bwish(es|ed)?\b/, say: 'request' },
  { name: 'lingers', word: /\blinger(s|ed|ing)?\b/, say: 'is slow, is pending' },
  { name: 'speaker', word: /\bspeak(s|er|ers|able|ing)?\b/, say: 'record, deduplicateRecords' },
  { name: 'twin', word: /\btwins?\b/, say: 'duplicate' },
  { name: 'tally', word: /\btall(y|ies|ied)\b/, say: 'hourly statistics' },
  { name: 'mend', word: /\bmend(s|ed|ing)?\b/, say: 'repair' },
  { name: 'keeper', word: /\bkeepers?\b/, say: 'supervisor' },
  { name: 'census', word: /\b(census|surveys?)\b/, say: 'inventory, probe' },
  { name: 'storm', word: /\bstorms?\b/, say: 'random crashes' },
  { name: 'inwards', word: /\binwards?\b/, say: 'SSRF, private network' },
  { name: 'lazily', word: /\blazily\b/, say: 'memoize, on first use' },
  {
    name: 'speakable',
    word: /\b(may name|if mine|along with|reachable)\(/,
    say: 'isValidName, ifOwned, withStoredResponse, health check',
  },
  { name: 'behind()', word: /\bbehind\(/, say: 'prefixEnd' },
  { name: 'trouble', word: /\btroubles?d?\b/, say: 'failure, fault or overload' },
  {
    name: 'nobody',
    word: /\b(nobody|somebody|whoever|anybody)\b/,
    say: 'the function, worker or caller by its name',
  },
  { name: 'stands', word: /\b(stands?|stood)\b/, say: 'is, is stored' },
  { name: 'lies', word: /\b(lies|lie|lay)\b/, say: 'is stored, waits' },
  { name: 'bears', word: /\bbears?\b/, say: 'has' },
  { name: 'tells', word: /\b(tells?|telling|told)\b/, say: 'reports, publishes' },
  { name: 'news', word: /\bnews\b/, say: 'event' },
  { name: 'remember', word: /\bremember(s|ed|ing)?\b/, say: 'record, store, cache' },
  { name: 'sight', word: /\b(sights?|saw)\b/, say: 'observation' },
  { name: 'world', word: /\bworlds?\b/, say: 'simulation' },
];

/** Where a retired word is right, and why. `text` is matched against the line as it is written. */
export const ALLOWED: readonly {
  readonly name: string;
  readonly file: RegExp;
  readonly text: RegExp;
  readonly why: string;
}[] = [
  {
    name: 'letter',
    file: /^(functions|test)\/.*endpoint-headers|^test\/unit\/deliver\/http-client\//,
    text: /letters, digits|small letters|letter case/,
    why: 'letters of the alphabet in header names',
  },
  {
    name: 'letter',
    file: /^portal\/src\/styles\//,
    text: /letter-spacing/,
    why: 'a property of CSS',
  },
  {
    name: 'letter',
    file: /^scripts\/dlq\/view\.ts$/,
    text: /dead \$\{/,
    why: 'builds "dead letter" and "dead letters"',
  },
];
