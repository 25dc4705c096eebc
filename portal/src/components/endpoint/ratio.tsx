import { useI18n } from '../../i18n/i18n.tsx';
import { successShare } from '../../lib/health.ts';
import type { Counts } from '../../lib/health.ts';

const WIDTH = 100;

/** The share of successes as a bar and in words. */
export const Ratio = ({ counts }: { counts: Counts }) => {
  const { t, number, percent } = useI18n();
  const share = successShare(counts);
  if (share === null) return <span class="muted">{t('endpoints.day.none')}</span>;
  const words = { percent: percent(share), total: number(counts.success + counts.fail) };
  // A failure is seen even if it is one of thousands.
  const failed = share === 1 ? 0 : Math.max(2, WIDTH * (1 - share));
  return (
    <span class="ratio" aria-label={t('endpoints.day.label', words)} role="img">
      <svg class="ratio-bar" viewBox={`0 0 ${WIDTH} 6`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="ratio-part success" width={WIDTH - failed} height="6" />
        <rect class="ratio-part danger" x={WIDTH - failed} width={failed} height="6" />
      </svg>
      <span class="ratio-text">{t('endpoints.day', words)}</span>
    </span>
  );
};
