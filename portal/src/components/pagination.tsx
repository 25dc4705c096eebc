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
  // A button that is disabled loses its focus, so that a reader would page once and then start at the top.
  const button = (onClick: (() => void) | undefined) => ({
    ...(onClick === undefined || busy ? { 'aria-disabled': true } : {}),
    onClick: busy ? undefined : onClick,
  });
  if (onNewer === undefined && onOlder === undefined) return null;
  return (
    <nav class="pagination" aria-label={t('pagination.label')}>
      <Button size="small" {...button(onNewer)}>
        <Icon name="back" /> {t('pagination.newer')}
      </Button>
      <Button size="small" {...button(onOlder)}>
        {t('pagination.older')} <Icon name="chevron" />
      </Button>
    </nav>
  );
};
