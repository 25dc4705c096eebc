import { useI18n } from '../../i18n/i18n.tsx';
import { Badge, Tag } from '../badge.tsx';

interface EventScopeProps {
  /** Null: all. */
  readonly eventTypes: readonly string[] | null;
  /** How many are named; the rest is counted. */
  readonly most?: number;
}

/** What an endpoint listens to. An endpoint that gets everything must not look like one that was narrowed. */
export const EventScope = ({ eventTypes, most = 2 }: EventScopeProps) => {
  const { t } = useI18n();
  if (eventTypes === null || eventTypes.length === 0)
    return <Badge tone="warning">{t('endpoints.all')}</Badge>;
  const rest = eventTypes.slice(most);
  return (
    <span class="tags">
      {eventTypes.slice(0, most).map((name) => (
        <Tag key={name}>{name}</Tag>
      ))}
      {rest.length === 0 ? null : (
        <span class="muted" title={rest.join(', ')}>
          {t('endpoints.more', { count: rest.length })}
        </span>
      )}
    </span>
  );
};
