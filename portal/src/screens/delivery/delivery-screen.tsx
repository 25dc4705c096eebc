import { useParams } from 'wouter-preact';
import type { Attempt } from '../../api/types.ts';
import { ResendButton } from '../../components/delivery/resend-button.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { CurlButton, LinkButton } from './copy-buttons.tsx';
import { RequestCard, ResponseCard } from './exchange.tsx';
import { TimelineCard } from './timeline.tsx';
import { useFullMessage } from '../../api/use-full-message.ts';
import { useAttempt, useEndpointOf } from './use-delivery.ts';
import { Verification } from './verification.tsx';
import { Explanation } from './explanation.tsx';

const Delivery = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const message = useFullMessage(attempt.msgId);
  const endpoint = useEndpointOf(attempt.endpointId);
  const body = message.data?.body;
  return (
    <>
      <PageHeader
        title={
          message.data === undefined
            ? t('messages.message')
            : t('delivery.title', { type: message.data.message.eventType })
        }
        subtitle={
          <>
            <code class="break">{t('delivery.to', { url: attempt.url })}</code> ·{' '}
            <Time at={attempt.timestamp} />
          </>
        }
        back={{ href: `/messages/${attempt.msgId}`, label: t('delivery.back') }}
        actions={
          <>
            <LinkButton />
            <CurlButton request={attempt.details?.request ?? null} body={body} />
            {endpoint.data === null ? null : (
              <ResendButton messageId={attempt.msgId} endpointId={attempt.endpointId} variant="primary" />
            )}
          </>
        }
      />
      <div class="stack">
        <Explanation attempt={attempt} />
        <TimelineCard attempt={attempt} />
        <div class="exchange">
          <RequestCard attempt={attempt} />
          <ResponseCard attempt={attempt} />
        </div>
        {attempt.details?.request == null ? null : <Verification attempt={attempt} body={body} />}
      </div>
    </>
  );
};

/** Why a delivery failed, on one screen: cause and advice, request, response, all attempts. */
export const DeliveryScreen = () => {
  const { messageId, attemptId } = useParams<{ messageId: string; attemptId: string }>();
  const { t } = useI18n();
  const attempt = useAttempt(messageId, attemptId);
  return (
    <Loaded
      query={attempt}
      isScreen
      subject={{
        title: t('missing.attempt'),
        text: t('missing.stored.text'),
        back: { href: '/messages', label: t('messages.title') },
      }}
    >
      {(data) => <Delivery attempt={data} />}
    </Loaded>
  );
};
