import type { Bytes } from './bytes.ts';
import { concat, equal, utf8 } from './bytes.ts';
import { parseHeaders, signedHeaders } from './pasted-headers.ts';
import type { Family } from './pasted-headers.ts';
import {
  bodyCandidates,
  idCandidates,
  otherTimes,
  readSecret,
  secondsOf,
  secretCandidates,
  signatureCandidates,
  timestampCandidates,
} from './variations.ts';
import type { Candidate, Part, Secret, Signatures, VariationCode } from './variations.ts';

/** What a person pasted. Nothing of it leaves the page. */
export interface Pasted {
  readonly headers: string;
  readonly body: string;
  readonly secret: string;
}

/** What the portal knows about the message, which separates a changed part from a wrong secret. */
export interface Reference {
  readonly id?: string | undefined;
  readonly body?: string | undefined;
  /** Seconds since 1970 of its attempts. */
  readonly timestamps?: readonly number[];
  /** The endpoint's current and earlier secrets, if the reader may see them. */
  readonly secrets?: readonly string[];
}

export interface Fault {
  readonly part: Part;
  readonly code: VariationCode;
}

export type TimestampState = 'fresh' | 'too_old' | 'too_new';

export type SignatureReport =
  | { readonly kind: 'missing_headers'; readonly names: readonly string[] }
  /** A part cannot be read at all, and no variation of it matches. */
  | { readonly kind: 'unreadable'; readonly part: Part }
  /** The signature matches as pasted. Verifiers refuse it nonetheless if it is not fresh. */
  | {
      readonly kind: 'valid';
      readonly family: Family;
      readonly timestamp: TimestampState;
      readonly ageSeconds: number;
    }
  /** The signature matches once the faults are undone. */
  | { readonly kind: 'faults'; readonly family: Family; readonly faults: readonly Fault[] }
  /** The key and the signature are of different kinds. */
  | { readonly kind: 'wrong_kind'; readonly secret: Secret['kind'] }
  /** No variation matches: the secret belongs to another endpoint, or a part was changed beyond recognition. */
  | { readonly kind: 'no_match'; readonly suspects: readonly Part[] }
  /** The page is not in a secure context, or the browser lacks the algorithm. */
  | { readonly kind: 'unsupported' };

/** Verifiers accept a timestamp that is at most this far from their clock. */
export const TOLERANCE_SECONDS = 300;

/** The most signatures that are computed, and the most bytes that are hashed for them. */
const MOST_TRIES = 6000;
const MOST_BYTES = 192 * 1024 * 1024;

interface Candidates {
  readonly id: readonly Candidate<string>[];
  readonly timestamp: readonly Candidate<string>[];
  readonly body: readonly Candidate<string>[];
  readonly secret: readonly Candidate<Secret>[];
  readonly signature: readonly Candidate<Signatures>[];
}

interface Combination {
  readonly id: Candidate<string>;
  readonly timestamp: Candidate<string>;
  readonly body: Candidate<string>;
  readonly secret: Candidate<Secret>;
}

class Budget {
  private tries = MOST_TRIES;
  private bytes = MOST_BYTES;

  get exhausted(): boolean {
    return this.tries <= 0 || this.bytes <= 0;
  }

  /** Whether one more signature over so many bytes may be computed. */
  take(length: number): boolean {
    this.tries -= 1;
    this.bytes -= length;
    return this.tries >= 0 && this.bytes >= 0;
  }
}

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const importKey = ({ kind, key }: Secret): Promise<ImportedKey> =>
  kind === 'hmac'
    ? crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    : crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);

/** Computes and compares signatures; keys are imported once. */
class Verifier {
  private readonly keys = new Map<Secret, Promise<ImportedKey>>();
  private readonly budget = new Budget();
  private readonly signatures: readonly Candidate<Signatures>[];

  constructor(signatures: readonly Candidate<Signatures>[]) {
    this.signatures = signatures;
  }

  /** The signature that matches the combination; undefined: none does. */
  async match({ id, timestamp, body, secret }: Combination): Promise<Candidate<Signatures> | undefined> {
    const content = concat(utf8(`${id.value}.${timestamp.value}.`), utf8(body.value));
    if (!this.budget.take(content.length)) return undefined;
    const key = await this.key(secret.value);
    return secret.value.kind === 'hmac' ? this.hmac(key, content) : this.ed25519(key, content);
  }

  get exhausted(): boolean {
    return this.budget.exhausted;
  }

  private key(secret: Secret): Promise<ImportedKey> {
    const known = this.keys.get(secret) ?? importKey(secret);
    this.keys.set(secret, known);
    return known;
  }

  private async hmac(key: ImportedKey, content: Bytes): Promise<Candidate<Signatures> | undefined> {
    const computed = new Uint8Array(await crypto.subtle.sign('HMAC', key, content));
    return this.signatures.find(({ value }) => value.hmac.some((signature) => equal(signature, computed)));
  }

  private async ed25519(key: ImportedKey, content: Bytes): Promise<Candidate<Signatures> | undefined> {
    for (const candidate of this.signatures) {
      for (const signature of candidate.value.ed25519) {
        if (await crypto.subtle.verify('Ed25519', key, signature, content)) return candidate;
      }
    }
    return undefined;
  }
}

const isChanged = ({ code }: Candidate<unknown>): boolean => code !== undefined;

/** Every combination in which exactly `changes` of the four parts are not as given. */
function* combinations(candidates: Candidates, changes: number): Generator<Combination> {
  for (const secret of candidates.secret) {
    for (const id of candidates.id) {
      for (const timestamp of candidates.timestamp) {
        for (const body of candidates.body) {
          const combination = { id, timestamp, body, secret };
          if (Object.values(combination).filter(isChanged).length === changes) yield combination;
        }
      }
    }
  }
}

const fault = (part: Part, { code }: Candidate<unknown>): readonly Fault[] =>
  code === undefined ? [] : [{ part, code }];

const faultsOf = (combination: Combination, signature: Candidate<Signatures>): readonly Fault[] => [
  ...fault('id', combination.id),
  ...fault('timestamp', combination.timestamp),
  ...fault('body', combination.body),
  ...fault('secret', combination.secret),
  ...fault('signature', signature),
];

/** The parts that may be changed together; a request with more faults has another cause. */
const MOST_CHANGES = 3;

const search = async (candidates: Candidates, timestamp: string): Promise<readonly Fault[] | undefined> => {
  const verifier = new Verifier(candidates.signature);
  const first = async (all: Iterable<Combination>): Promise<readonly Fault[] | undefined> => {
    for (const combination of all) {
      if (verifier.exhausted) return undefined;
      const signature = await verifier.match(combination);
      if (signature !== undefined) return faultsOf(combination, signature);
    }
    return undefined;
  };
  for (let changes = 0; changes <= 1; changes += 1) {
    const found = await first(combinations(candidates, changes));
    if (found !== undefined) return found;
  }
  const [id, body, secret] = [candidates.id[0], candidates.body[0], candidates.secret[0]];
  if (id !== undefined && body !== undefined && secret !== undefined) {
    const found = await first(otherTimes(timestamp).map((other) => ({ id, body, secret, timestamp: other })));
    if (found !== undefined) return found;
  }
  for (let changes = 2; changes <= MOST_CHANGES; changes += 1) {
    const found = await first(combinations(candidates, changes));
    if (found !== undefined) return found;
  }
  return undefined;
};

const timestampState = (ageSeconds: number): TimestampState => {
  if (ageSeconds > TOLERANCE_SECONDS) return 'too_old';
  return ageSeconds < -TOLERANCE_SECONDS ? 'too_new' : 'fresh';
};

const hasKind = (signatures: readonly Candidate<Signatures>[], kind: Secret['kind']): boolean =>
  signatures.some(({ value }) => value[kind].length > 0);

/** What the references leave as possible causes: a part that equals its reference is none. */
const suspects = (pasted: Pasted, id: string, reference: Reference): readonly Part[] => {
  const cleared = new Set<Part>();
  if (reference.body === pasted.body) cleared.add('body');
  if (reference.id === id) cleared.add('id');
  if (reference.secrets?.includes(pasted.secret.trim()) === true) cleared.add('secret');
  const all: readonly Part[] = ['secret', 'body', 'id', 'timestamp', 'signature'];
  return all.filter((part) => !cleared.has(part));
};

/**
 * Checks a pasted request and says which part is wrong. Tries the request as given, then with typical faults undone,
 * fewest first. `nowMs`: the reader's clock.
 */
export const checkSignature = async (
  pasted: Pasted,
  nowMs: number,
  reference: Reference = {},
): Promise<SignatureReport> => {
  if (!('subtle' in crypto)) return { kind: 'unsupported' };
  const headers = signedHeaders(parseHeaders(pasted.headers));
  if ('missing' in headers) return { kind: 'missing_headers', names: headers.missing };
  const { family, values } = headers.found;
  const candidates: Candidates = {
    id: idCandidates(values.id, {
      around: `${pasted.headers}\n${pasted.body.slice(0, 100_000)}`,
      reference: reference.id,
    }),
    timestamp: timestampCandidates(values.timestamp, reference.timestamps ?? []),
    body: bodyCandidates(pasted.body, reference.body),
    secret: secretCandidates(pasted.secret, reference.secrets ?? []),
    signature: signatureCandidates(values.signature),
  };
  if (candidates.secret.length === 0) return { kind: 'unreadable', part: 'secret' };
  let faults: readonly Fault[] | undefined;
  try {
    faults = await search(candidates, values.timestamp);
  } catch (error) {
    // A browser without Ed25519 refuses the key.
    if (error instanceof Error && error.name === 'NotSupportedError') return { kind: 'unsupported' };
    throw error;
  }
  const seconds = secondsOf(values.timestamp);
  if (faults?.length === 0 && seconds !== undefined) {
    const ageSeconds = Math.floor(nowMs / 1000) - seconds;
    return { kind: 'valid', family, timestamp: timestampState(ageSeconds), ageSeconds };
  }
  if (faults !== undefined) return { kind: 'faults', family, faults };
  return unexplained(pasted, values, candidates, reference);
};

const unexplained = (
  pasted: Pasted,
  values: { readonly id: string; readonly timestamp: string },
  candidates: Candidates,
  reference: Reference,
): SignatureReport => {
  const secret = readSecret(pasted.secret.trim());
  if (secret === undefined) return { kind: 'unreadable', part: 'secret' };
  if (secondsOf(values.timestamp) === undefined) return { kind: 'unreadable', part: 'timestamp' };
  const other = secret.kind === 'hmac' ? 'ed25519' : 'hmac';
  if (!hasKind(candidates.signature, secret.kind)) {
    return hasKind(candidates.signature, other)
      ? { kind: 'wrong_kind', secret: secret.kind }
      : { kind: 'unreadable', part: 'signature' };
  }
  return { kind: 'no_match', suspects: suspects(pasted, values.id, reference) };
};
