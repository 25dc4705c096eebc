import * as z from 'zod';
import type { Breaker } from './circuit-breaker.domain.ts';
import { HEALTHY } from './health.domain.ts';
import type { EndpointHealth } from './health.domain.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

export const HEALTH_VERSION = 1;

/** Short names, since the item of a failing endpoint is written often. */
const schema = z.object({
  v: z.literal(HEALTH_VERSION),
  /** Consecutive failures, and the instant of the first. */
  f: z.number().optional(),
  ff: z.number().optional(),
  /** The open breaker: since, until, times, and the end of its probe's lease. */
  os: z.number().optional(),
  ou: z.number().optional(),
  ot: z.number().optional(),
  pu: z.number().optional(),
  /** slowUntil, quickUntil, failingSince, failingPeriod, drainAt. */
  sl: z.number().optional(),
  qu: z.number().optional(),
  fs: z.number().optional(),
  fp: z.number().optional(),
  da: z.number().optional(),
});

const breakerOf = ({ os, ou, ot, pu }: z.infer<typeof schema>): Breaker =>
  os === undefined || ou === undefined
    ? { kind: 'closed' }
    : { kind: 'open', since: os, until: ou, times: ot ?? 1, probeUntil: pu ?? null };

/** The health in an item; without an item the endpoint is healthy. Throws if the item has another form. */
export const parseHealthRow = (row: Row | undefined): EndpointHealth => {
  if (row === undefined) return HEALTHY;
  const parsed = schema.parse(row);
  return {
    failures: parsed.f ?? 0,
    firstFailureAt: parsed.ff ?? null,
    breaker: breakerOf(parsed),
    slowUntil: parsed.sl ?? null,
    quickUntil: parsed.qu ?? null,
    failingSince: parsed.fs ?? null,
    failingPeriod: parsed.fp ?? 0,
    drainAt: parsed.da ?? null,
  };
};
