import type { Endpoint, SealedSecret } from '../../catalog/endpoints/endpoint.domain.ts';
import type { SecretBox } from '../../platform/secrets/secret-box.port.ts';
import type { Seal as FullSeal } from '../../platform/secrets/seal.ts';
import type { SigningKeys } from '../attempts/webhook-request.ts';
import { parseSecret } from './endpoint-secret.ts';
import type { SigningKey } from './endpoint-secret.ts';

type Seal = Pick<FullSeal, 'ready' | 'seal' | 'open'>;

/** Seals (encrypts) endpoint secrets; each opens only with its endpoint's id. */
export const makeSecretBox = (seal: Seal): SecretBox => ({
  ready: (sealed) => seal.ready(sealed),
  seal: (plainText, endpointId) => seal.seal(Buffer.from(plainText), endpointId),
  open: (sealed, endpointId) => Buffer.from(seal.open(sealed, endpointId)).toString(),
});

/**
 * The keys that sign for an endpoint: the current one, then rotated ones in their grace period. An opened key is cached
 * for as long as the endpoint's snapshot, so that a warm function opens each secret once.
 */
export const makeSigningKeys = (box: SecretBox): SigningKeys => {
  const opened = new WeakMap<SealedSecret, SigningKey>();

  const keyOf = (endpoint: Endpoint, secret: SealedSecret): SigningKey => {
    const known = opened.get(secret);
    if (known !== undefined) return known;
    const parsed = parseSecret(box.open(secret.sealed, endpoint.id));
    if (parsed.kind !== 'ok') throw new Error(`the stored secret of ${endpoint.id} is ${parsed.kind}`);
    opened.set(secret, parsed.key);
    return parsed.key;
  };

  return async (endpoint, nowMs) => {
    const live = endpoint.oldSecrets.filter(({ expiresAt }) => expiresAt !== null && expiresAt > nowMs);
    const secrets = [endpoint.secret, ...live];
    const closed = secrets.filter((secret) => !opened.has(secret));
    if (closed.length > 0) await box.ready(closed.map(({ sealed }) => sealed));
    return secrets.map((secret) => keyOf(endpoint, secret));
  };
};
