import { useOffSpans } from '../../api/endpoints.ts';
import type { Endpoint, OffSpan } from '../../api/types.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Banner, LoadFailure } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { replayHref } from '../../lib/replay-link.ts';
import { useCan } from '../../session/use-session.tsx';
import { useSetDisabled } from './use-endpoint-actions.ts';

const Off = ({ endpoint, span }: { endpoint: Endpoint; span: OffSpan | undefined }) => {
  const { t, rich } = useI18n();
  const canEnable = useCan('ManageEndpoint');
  const { enable } = useSetDisabled(endpoint.id);
  const missed = span?.missed?.messages ?? 0;
  return (
    <Banner
      tone="warning"
      title={t('endpoint.off.now')}
      action={
        canEnable ? (
          <Button busy={enable.isPending} onClick={() => enable.mutate()}>
            {t('endpoint.enable')}
          </Button>
        ) : undefined
      }
    >
      {span === undefined
        ? t('endpoint.off.unknown')
        : rich(`endpoint.off.${span.reason}`, { time: <Time key="time" at={span.since} /> })}
      {missed === 0 ? null : ` ${t('endpoint.missed.soFar', { count: missed })}`}
    </Banner>
  );
};

interface Missed extends OffSpan {
  readonly until: string;
  readonly missed: NonNullable<OffSpan['missed']>;
}

const isMissed = (span: OffSpan): span is Missed =>
  span.until !== null && span.missed !== undefined && span.missed.messages > 0;

const MissedSpan = ({ endpoint, span }: { endpoint: Endpoint; span: Missed }) => {
  const { t, rich } = useI18n();
  const canSend = useCan('CreateAttempts');
  const { since, until, missed } = span;
  const title = missed.complete ? 'endpoint.missed.title' : 'endpoint.missed.more';
  return (
    <Banner
      title={t(title, { count: missed.messages })}
      action={
        canSend ? (
          <ButtonLink
            href={replayHref({ endpoint: endpoint.id, kind: 'replay-missing', since: missed.since, until })}
            variant="primary"
          >
            {t('endpoint.missed.send')}
          </ButtonLink>
        ) : undefined
      }
    >
      {rich('endpoint.missed.text', {
        since: <Time key="since" at={since} form="short" />,
        until: <Time key="until" at={until} form="short" />,
      })}
    </Banner>
  );
};

/** That the endpoint is off, since when and why; and what it missed when it was off lately. */
export const OffBanner = ({ endpoint, showsMissed }: { endpoint: Endpoint; showsMissed: boolean }) => {
  const { t } = useI18n();
  const query = useOffSpans(endpoint.id, true);
  const spans = query.data ?? [];
  const current = spans.find(({ until }) => until === null);
  const missed = spans.find(isMissed);
  return (
    <>
      {endpoint.disabled ? <Off endpoint={endpoint} span={current} /> : null}
      {endpoint.disabled || !showsMissed || missed === undefined ? null : (
        <MissedSpan endpoint={endpoint} span={missed} />
      )}
      {endpoint.disabled || showsMissed ? <LoadFailure query={query} what={t('replays.off')} /> : null}
    </>
  );
};
