import { Link } from 'wouter-preact';
import type { Attempt } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Card } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeTitle } from '../../lib/causes.ts';
import { AttemptBadge } from './attempt-badge.tsx';
import { upcoming } from './upcoming.ts';
import { useTimeline } from './use-delivery.ts';
import type { Timeline } from './use-delivery.ts';

const Entry = ({ attempt, isShown }: { attempt: Attempt; isShown: boolean }) => {
  const i18n = useI18n();
  const { t } = i18n;
  const code = attempt.details?.cause?.code;
  const text = code === undefined ? t('delivery.succeeded') : causeTitle(t, code);
  return (
    <li class={`timeline-entry${isShown ? ' shown' : ''}`} aria-current={isShown ? 'true' : undefined}>
      <AttemptBadge attempt={attempt} />
      <span class="timeline-text">
        {isShown ? (
          <strong>{text}</strong>
        ) : (
          <Link href={`/messages/${attempt.msgId}/attempts/${attempt.id}`}>{text}</Link>
        )}
        <span class="cell-sub">
          {attempt.responseStatusCode === 0 ? t('delivery.status.none') : attempt.responseStatusCode} ·{' '}
          {i18n.duration(attempt.responseDurationMs)}
          {isShown ? ` · ${t('delivery.timeline.this')}` : ''}
        </span>
      </span>
      <Time at={attempt.timestamp} />
    </li>
  );
};

const Entries = ({ attempt, timeline }: { attempt: Attempt; timeline: Timeline }) => {
  const { t } = useI18n();
  const next = upcoming(timeline.attempts);
  return (
    <>
      <ol class="timeline" reversed>
        {next === null ? null : (
          <li class="timeline-entry next">
            <Badge>{t('status.pending')}</Badge>
            <span class="timeline-text">{t('delivery.timeline.next')}</span>
            <Time at={next} />
          </li>
        )}
        {timeline.attempts.map((each) => (
          <Entry key={each.id} attempt={each} isShown={each.id === attempt.id} />
        ))}
      </ol>
      {timeline.complete ? null : <p class="muted">{t('delivery.timeline.more')}</p>}
    </>
  );
};

export const TimelineCard = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const timeline = useTimeline(attempt.msgId, attempt.endpointId);
  return (
    <Card title={t('delivery.timeline')}>
      <Loaded query={timeline} lines={2}>
        {(data) => <Entries attempt={attempt} timeline={data} />}
      </Loaded>
    </Card>
  );
};
