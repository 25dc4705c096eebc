import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { idempotencyKey } from '../../api/client.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import { useCan, useSession } from '../../session/use-session.tsx';
import { Button } from '../button.tsx';
import type { ButtonVariant } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { useToast } from '../toast.tsx';

interface ResendButtonProps {
  readonly messageId: string;
  readonly endpointId: string;
  /** For screen readers where several of these buttons are on the screen. */
  readonly label?: string;
  readonly size?: 'small' | 'normal';
  readonly variant?: ButtonVariant;
}

/** Sends a message to an endpoint once more. Absent if the link does not allow it. */
export const ResendButton = ({
  messageId,
  endpointId,
  label,
  size = 'normal',
  variant = 'secondary',
}: ResendButtonProps) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  const toast = useToast();
  const client = useQueryClient();
  const can = useCan('CreateAttempts');
  const resend = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend', {
        params: { path: { app_id: appId, msg_id: messageId, endpoint_id: endpointId } },
        headers: { 'idempotency-key': idempotencyKey() },
      }),
    onSuccess: () => {
      toast.say(t('delivery.resend.done'));
      for (const key of ['timeline', 'deliveries-of-message'])
        void client.invalidateQueries({ queryKey: [key] });
    },
    onError: toast.sayFailure,
  });
  if (!can) return null;
  return (
    <Button
      variant={variant}
      size={size}
      busy={resend.isPending}
      aria-label={label}
      onClick={() => resend.mutate()}
    >
      <Icon name="send" /> <span class="word">{t('delivery.resend')}</span>
    </Button>
  );
};
