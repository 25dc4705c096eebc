import { useI18n } from '../i18n/i18n.tsx';
import type { Health } from '../lib/health.ts';
import { Badge } from './badge.tsx';
import type { Tone } from './badge.tsx';

const TONES: Readonly<Record<Health, Tone>> = {
  healthy: 'success',
  'some-failures': 'warning',
  failing: 'danger',
  quiet: 'neutral',
  disabled: 'neutral',
};

export const HealthBadge = ({ health }: { health: Health }) => {
  const { t } = useI18n();
  return <Badge tone={TONES[health]}>{t(`endpoints.health.${health}`)}</Badge>;
};
