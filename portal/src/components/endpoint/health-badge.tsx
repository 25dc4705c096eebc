import { useDayCounts } from '../../api/endpoints.ts';
import type { Endpoint } from '../../api/types.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import { healthOf } from '../../lib/health.ts';
import type { Health } from '../../lib/health.ts';
import { Badge } from '../badge.tsx';
import type { Tone } from '../badge.tsx';
import { useFailure } from '../states.tsx';

const TONES: Readonly<Record<Health, Tone>> = {
  healthy: 'success',
  'some-failures': 'warning',
  failing: 'danger',
  quiet: 'neutral',
  disabled: 'neutral',
};

/** How the endpoint did in the last 24 hours. */
export const HealthBadge = ({ endpoint: { id, disabled } }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const counts = useDayCounts(id);
  const failure = useFailure(counts);
  if (counts.data === undefined && !disabled) {
    if (failure === null) return <span class="skeleton-line" />;
    return <Badge>{t('endpoints.unknown')}</Badge>;
  }
  const health = healthOf(disabled, counts.data ?? { success: 0, fail: 0 });
  return <Badge tone={TONES[health]}>{t(`endpoints.health.${health}`)}</Badge>;
};
