import { useI18n } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface PaginationProps {
  /** Absent: there is no page before this one. */
  readonly onNewer?: (() => void) | undefined;
  readonly onOlder?: (() => void) | undefined;
  readonly busy?: boolean;
}

/** Steps through a list that is newest first. Not shown if all fits on one page. */
export const Pagination = ({ onNewer, onOlder, busy = false }: PaginationProps) => {
  const { t } = useI18n();
  if (onNewer === undefined && onOlder === undefined) return null;
  return (
    <nav class="pagination" aria-label={t('pagination.label')}>
      <Button size="small" disabled={onNewer === undefined || busy} onClick={onNewer}>
        <Icon name="back" /> {t('pagination.newer')}
      </Button>
      <Button size="small" disabled={onOlder === undefined || busy} onClick={onOlder}>
        {t('pagination.older')} <Icon name="chevron" />
      </Button>
    </nav>
  );
};
