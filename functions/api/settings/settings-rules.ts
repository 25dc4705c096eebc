import {
  ROW_RETENTION_DAYS,
  fitsRetention,
  scheduleTooLong,
} from '../../platform/limits/retention.domain.ts';
import type { Deps } from '../deps.ts';
import { invalid } from '../errors.ts';

/** Rows must outlive the retries that they are about. Throws Invalid. */
export const mustFitRetention = (
  { rowRetentionDays = ROW_RETENTION_DAYS }: Pick<Deps, 'rowRetentionDays'>,
  schedule: readonly number[] | null | undefined,
  loc: readonly string[],
): void => {
  if (fitsRetention(schedule ?? [], rowRetentionDays)) return;
  throw invalid(loc, `retrySchedule: ${scheduleTooLong(rowRetentionDays)}`);
};
