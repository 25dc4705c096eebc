import type { OffSpan } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { LoadedLine } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Key } from '../../i18n/i18n.tsx';
import { useOffSpans } from './use-replays.ts';

const REASONS: Readonly<Record<OffSpan['reason'], Key>> = {
  owner: 'replays.off.reason.owner',
  failing: 'replays.off.reason.failing',
  gone: 'replays.off.reason.gone',
  receiver: 'replays.off.reason.receiver',
};

const Missed = ({ missed }: Pick<OffSpan, 'missed'>) => {
  const { t } = useI18n();
  if (missed === undefined) return null;
  if (missed.messages === 0 && missed.complete) return <>{t('replays.off.missed.none')}</>;
  const count = missed.messages;
  return <strong>{t(missed.complete ? 'replays.off.missed' : 'replays.off.missed.more', { count })}</strong>;
};

interface SpanProps {
  readonly span: OffSpan;
  readonly onChoose: (span: { since: string; until: string }) => void;
}

const Span = ({ span: { since, until, reason, missed }, onChoose }: SpanProps) => {
  const { t, rich } = useI18n();
  const isWorthSending = missed !== undefined && (missed.messages > 0 || !missed.complete);
  const from = <Time key="since" at={since} form="short" />;
  return (
    <li class="off-span">
      <Icon name="pause" />
      <span class="off-span-text">
        {until === null
          ? rich('replays.off.now', { since: from })
          : rich('replays.off.span', { since: from, until: <Time key="until" at={until} form="short" /> })}
        <span class="cell-sub">
          {t(REASONS[reason])} · <Missed {...(missed === undefined ? {} : { missed })} />
        </span>
      </span>
      {until !== null && isWorthSending ? (
        <Button size="small" onClick={() => onChoose({ since: missed.since, until })}>
          {t('replays.off.send')}
        </Button>
      ) : null}
    </li>
  );
};

interface OffSpansProps extends Pick<SpanProps, 'onChoose'> {
  readonly endpointId: string;
}

/** When the endpoint was off lately, and what it missed. It has its place before that is known. */
export const OffSpans = ({ endpointId, onChoose }: OffSpansProps) => {
  const { t } = useI18n();
  const spans = useOffSpans(endpointId);
  if (endpointId === '') return null;
  return (
    <section aria-label={t('replays.off')} class="off-spans">
      <h3 class="label">{t('replays.off')}</h3>
      <LoadedLine query={spans}>
        {(found) =>
          found.length === 0 ? (
            <p class="hint">{t('replays.off.none')}</p>
          ) : (
            <ul>
              {found.map((span) => (
                <Span key={span.since} span={span} onChoose={onChoose} />
              ))}
            </ul>
          )
        }
      </LoadedLine>
    </section>
  );
};
