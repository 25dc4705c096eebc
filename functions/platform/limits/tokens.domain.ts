import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from './time.domain.ts';

/** Lifetimes of access tokens, in seconds. */

/** The lifetimes of the contract's server. */
export const ORGANIZATION_TOKEN_SECONDS = 3_650 * DAY_SECONDS;
export const LONGEST_PORTAL_TOKEN_SECONDS = 28 * DAY_SECONDS;
/** The lifetimes that an operator may choose for a token of an organization. */
export const ORGANIZATION_EXPIRY_SECONDS = { least: MINUTE_SECONDS, most: ORGANIZATION_TOKEN_SECONDS };
/** The `expiry` that app-portal-access accepts. */
export const PORTAL_EXPIRY_SECONDS = { least: HOUR_SECONDS, most: 7 * DAY_SECONDS };
/** How long after expire-all tokens may stay valid, as in the contract. */
export const LONGEST_EXPIRE_ALL_SECONDS = 3 * DAY_SECONDS;
/** Clocks may differ by 15 minutes, as the contract's server tolerates. */
export const TOKEN_TOLERANCE_SECONDS = 15 * MINUTE_SECONDS;
/** Sessions of one expire-all, as in the contract. */
export const MOST_SESSIONS = 1_000;
