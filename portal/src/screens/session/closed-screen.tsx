import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { loadConfig } from '../../session/config.ts';
import type { ClosedReason } from '../../session/session.ts';

/** The address where the host gives new links, if it has one. */
const useRefreshUrl = (base: string): string | null => {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let isShown = true;
    void loadConfig(base).then(({ refreshUrl }) => {
      if (isShown) setUrl(refreshUrl);
    });
    return () => {
      isShown = false;
    };
  }, [base]);
  return url;
};

/** Calls `onRetry` when the connection is back. */
const useRetryOnline = (isUnreachable: boolean, onRetry: () => void) => {
  useEffect(() => {
    if (!isUnreachable) return;
    addEventListener('online', onRetry);
    return () => removeEventListener('online', onRetry);
  }, [isUnreachable, onRetry]);
};

interface ClosedScreenProps {
  readonly reason: ClosedReason;
  readonly base: string;
  readonly onRetry: () => void;
}

/** Why there is no session, and how to get one. */
export const ClosedScreen = ({ reason, base, onRetry }: ClosedScreenProps) => {
  const { t } = useI18n();
  const refreshUrl = useRefreshUrl(base);
  useRetryOnline(reason === 'unreachable', onRetry);
  return (
    <main class="centred" data-closed={reason}>
      <span class="state-icon">
        <Icon name={reason === 'unreachable' ? 'offline' : 'lock'} size={20} />
      </span>
      <h1 class="state-title">{t(`session.${reason}.title`)}</h1>
      <p class="muted state-text">{t(`session.${reason}.text`)}</p>
      {reason === 'unreachable' ? (
        <Button variant="primary" onClick={onRetry}>
          {t('error.retry')}
        </Button>
      ) : refreshUrl === null ? null : (
        <a class="button primary" href={refreshUrl} target="_top" rel="noreferrer">
          {t('session.renew')}
        </a>
      )}
    </main>
  );
};
