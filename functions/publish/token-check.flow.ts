import type { Tenant } from '../catalog/catalog.port.ts';
import { NO_MARKS, isVoid } from '../catalog/tokens/token-marks.domain.ts';
import type { TokenStore } from '../catalog/tokens/tokens.port.ts';
import type { PublishRequest } from './messages.port.ts';

export interface TokenCheckDeps {
  /** The marks of revoked tokens; absent: there are none. */
  readonly tokens?: Pick<TokenStore, 'marks'>;
  readonly now: () => number;
}

type IsRevoked = (
  request: Pick<PublishRequest, 'orgId' | 'token'>,
  tenant: Tenant | undefined,
) => Promise<boolean>;

/**
 * Whether the token of a request was revoked. The marks were read with the application; only if there is none, they are
 * read by themselves.
 */
export const makeIsRevoked =
  ({ tokens, now }: TokenCheckDeps): IsRevoked =>
  async ({ orgId, token }, tenant) => {
    if (token === null) return false;
    const marks = tenant === undefined ? await tokens?.marks(orgId) : tenant.tokenMarks;
    return isVoid(marks ?? NO_MARKS, token, now());
  };
