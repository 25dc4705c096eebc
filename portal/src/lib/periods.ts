import { HOUR_MS } from './time.ts';

/** Periods that an endpoint's chart can show, in steps of whole hours, as the API counts. */
export const PERIODS = {
  '24h': { steps: 24, stepHours: 1 },
  '7d': { steps: 14, stepHours: 12 },
  '28d': { steps: 14, stepHours: 48 },
} as const;

export type Period = keyof typeof PERIODS;

export interface Step {
  readonly sinceMs: number;
  /** Null: it is not over yet. */
  readonly untilMs: number | null;
}

const isPeriod = (name: string | null): name is Period => name !== null && Object.hasOwn(PERIODS, name);

export const periodOf = (name: string | null): Period => (isPeriod(name) ? name : '24h');

/** The steps of a period, oldest first; the last one is the current one. */
export const stepsOf = (period: Period, nowMs: number): readonly Step[] => {
  const { steps, stepHours } = PERIODS[period];
  const end = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
  return Array.from({ length: steps }, (_, index) => {
    const untilMs = end - (steps - 1 - index) * stepHours * HOUR_MS;
    return { sinceMs: untilMs - stepHours * HOUR_MS, untilMs: index === steps - 1 ? null : untilMs };
  });
};

export const stepMsOf = (period: Period): number => PERIODS[period].stepHours * HOUR_MS;
