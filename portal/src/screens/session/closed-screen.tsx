import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import type { IconName } from '../../components/icon.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { backoffMs } from '../../polling/due.ts';
import { useRetryAt } from '../../polling/polling.tsx';
import type { ClosedReason, SessionState } from '../../session/session.ts';
import { RenewLink } from './renew-link.tsx';

interface WhyProps {
  readonly reason: ClosedReason | 'unreachable';
  readonly icon: IconName;
  readonly children: ComponentChildren;
}

const Why = ({ reason, icon, children }: WhyProps) => {
  const { t } = useI18n();
  return (
    <main class="centred" data-closed={reason}>
      <span class="state-icon">
        <Icon name={icon} size={20} />
      </span>
      <h1 class="state-title">{t(`session.${reason}.title`)}</h1>
      <p class="muted state-text">{t(`session.${reason}.text`)}</p>
      {children}
    </main>
  );
};

/** Why there is no session, and how to get one. */
export const ClosedScreen = ({ reason, base }: { reason: ClosedReason; base: string }) => (
  <Why reason={reason} icon="lock">
    <RenewLink base={base} />
  </Why>
);

interface UnreachableScreenProps {
  readonly state: Extract<SessionState, { kind: 'unreachable' }>;
  readonly onRetry: () => void;
}

/** The server could not be reached before the session was open: tries again by itself, and at once when the connection is back. */
export const UnreachableScreen = ({ state, onRetry }: UnreachableScreenProps) => {
  const { t } = useI18n();
  const { failures, failedAtMs, isRetrying } = state;
  useRetryAt(isRetrying ? Number.POSITIVE_INFINITY : failedAtMs + backoffMs(failures), onRetry);
  useEffect(() => {
    addEventListener('online', onRetry);
    return () => removeEventListener('online', onRetry);
  }, [onRetry]);
  return (
    <Why reason="unreachable" icon="offline">
      <Button variant="primary" busy={isRetrying} onClick={onRetry}>
        {t('error.retry')}
      </Button>
    </Why>
  );
};
