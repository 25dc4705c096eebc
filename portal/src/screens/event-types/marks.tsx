import type { EventType } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { useI18n } from '../../i18n/i18n.tsx';

export const isFlagged = ({ featureFlag, featureFlags = [] }: EventType): boolean =>
  featureFlag !== null || featureFlags.length > 0;

/** What is special about an event type. */
export const Marks = ({ type }: { type: EventType }) => {
  const { t } = useI18n();
  return (
    <>
      {type.deprecated ? <Badge tone="warning">{t('catalog.deprecated')}</Badge> : null}
      {type.archived ? <Badge>{t('catalog.archived')}</Badge> : null}
      {isFlagged(type) ? <Badge tone="accent">{t('catalog.flagged')}</Badge> : null}
    </>
  );
};
