import type { Attempt } from '../../api/types.ts';
import { Icon } from '../../components/icon.tsx';
import { Skeleton, useFailure } from '../../components/states.tsx';
import { Time, useNow } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Key } from '../../i18n/i18n.tsx';
import { upcoming } from './upcoming.ts';
import { useTimeline } from './use-delivery.ts';

const ENDS: Readonly<Partial<Record<string, Key>>> = {
  exhausted: 'delivery.end.exhausted',
  gone: 'delivery.end.gone',
  canceled: 'delivery.end.canceled',
  'manual-failed': 'delivery.end.manual',
};

const SUCCESS = 0;

const Due = ({ at }: { at: string }) => {
  const { t, rich } = useI18n();
  const now = useNow();
  if (Date.parse(at) <= now) return <>{t('delivery.next.due')}</>;
  return <>{rich('delivery.next', { relative: <Time at={at} key="at" /> })}</>;
};

/** When the message is sent again, or why it is not. */
export const NextAttempt = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const timeline = useTimeline(attempt.msgId, attempt.endpointId);
  const failure = useFailure(timeline);
  if (attempt.status === SUCCESS) return null;
  if (timeline.data === undefined) {
    // That it could not be loaded is said by the timeline.
    return failure === null ? <Skeleton lines={1} /> : null;
  }
  const { attempts } = timeline.data;
  const next = upcoming(attempts);
  const latest = attempts[0] ?? attempt;
  const succeededLater = attempts.some(({ status }) => status === SUCCESS);
  const end = succeededLater ? 'delivery.end.later' : ENDS[latest.details?.decision ?? ''];
  if (next === null && end === undefined) return null;
  return (
    <p class="explanation-note">
      <Icon name={next === null ? (succeededLater ? 'check' : 'pause') : 'refresh'} />
      <span>{next === null ? end && t(end) : <Due at={next} />}</span>
    </p>
  );
};
