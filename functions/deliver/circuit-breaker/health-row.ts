import * as z from 'zod';
import type { Breaker } from './circuit-breaker.domain.ts';
import { HEALTHY } from './health.domain.ts';
import type { EndpointHealth } from './health.domain.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

export const HEALTH_VERSION = 1;

/** Short names, since an endpoint in trouble is written often. */
const schema = z.object({
  v: z.literal(HEALTH_VERSION),
  /** Failures in a row, and the first one's instant. */
  f: z.number().optional(),
  ff: z.number().optional(),
  /** The open breaker: since, until, times, and its probe's lease. */
  os: z.number().optional(),
  ou: z.number().optional(),
  ot: z.number().optional(),
  pu: z.number().optional(),
  sl: z.number().optional(),
  fc: z.number().optional(),
  wk: z.number().optional(),
});

const breakerOf = ({ os, ou, ot, pu }: z.infer<typeof schema>): Breaker =>
  os === undefined || ou === undefined
    ? { kind: 'closed' }
    : { kind: 'open', since: os, until: ou, times: ot ?? 1, probeUntil: pu ?? null };

/** The health in an item; no item is good health. Throws where the item has another form. */
export const parseHealthRow = (row: Row | undefined): EndpointHealth => {
  if (row === undefined) return HEALTHY;
  const parsed = schema.parse(row);
  return {
    failures: parsed.f ?? 0,
    firstFailureAt: parsed.ff ?? null,
    breaker: breakerOf(parsed),
    slowUntil: parsed.sl ?? null,
    failingSince: parsed.fc ?? null,
    drainAt: parsed.wk ?? null,
  };
};
