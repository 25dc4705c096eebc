import * as z from 'zod';
import { positive16 } from '../../platform/wire/fields.ts';

const rateLimit = () => positive16({ description: 'Old name of throttleRate', deprecated: true });

/** The field of bodies under its older name. */
export const oldRate = {
  replacement: () => rateLimit().nullish(),
  patch: () => z.exactOptional(rateLimit().nullable()),
};

export interface Rates {
  readonly throttleRate?: number | null | undefined;
  readonly rateLimit?: number | null | undefined;
}

/** If both names are given, the newer one applies. */
export const throttleRateOf = (body: Rates): number | null => body.throttleRate ?? body.rateLimit ?? null;

/** The changes of a patch with the rate under its newer name. */
export const withoutOldRate = <Changes>({
  rateLimit: rate,
  ...changes
}: Changes & Pick<Rates, 'rateLimit'>) => (rate === undefined ? changes : { throttleRate: rate, ...changes });
