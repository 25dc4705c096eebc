import { useI18n } from '../../i18n/i18n.tsx';
import { Badge } from '../badge.tsx';
import type { Tone } from '../badge.tsx';

/** The API's numbers of statuses of attempts and of deliveries. */
const STATUSES = {
  0: ['status.succeeded', 'success'],
  1: ['status.pending', 'neutral'],
  2: ['status.failed', 'danger'],
  3: ['status.sending', 'accent'],
  4: ['status.canceled', 'warning'],
} as const satisfies Readonly<Record<number, readonly [string, Tone]>>;

const isKnown = (status: number): status is keyof typeof STATUSES => Object.hasOwn(STATUSES, status);

export const StatusBadge = ({ status }: { status: number }) => {
  const { t } = useI18n();
  const [key, tone] = STATUSES[isKnown(status) ? status : 1];
  return <Badge tone={tone}>{t(key)}</Badge>;
};
