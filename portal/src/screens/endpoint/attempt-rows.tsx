import { Link } from 'wouter-preact';
import type { Attempt } from '../../api/types.ts';
import { StatusBadge } from '../../components/delivery/status-badge.tsx';
import { Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeTitle } from '../../lib/causes.ts';

const MANUAL = 1;

const Result = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const cause = attempt.details?.cause;
  if (cause != null) return <>{causeTitle(t, cause.code)}</>;
  return (
    <>{attempt.responseStatusCode === 0 ? t('deliveries.noResponse') : String(attempt.responseStatusCode)}</>
  );
};

const Row = ({ attempt }: { attempt: Attempt }) => {
  const { t, duration } = useI18n();
  const { id, msgId, msg, status, triggerType, responseStatusCode, responseDurationMs, timestamp } = attempt;
  return (
    <tr class="linked">
      <td>
        <StatusBadge status={status} />
      </td>
      <th scope="row" class="cell-main">
        <Link href={`/messages/${msgId}/attempts/${id}`} class="row-link break">
          {msg?.eventType ?? msgId}
        </Link>
        <span class="cell-sub narrow">
          <Result attempt={attempt} />
        </span>
        {triggerType === MANUAL ? <span class="cell-sub">{t('deliveries.manual')}</span> : null}
      </th>
      <td class="wide">
        <Result attempt={attempt} />
        {status === 0 || responseStatusCode === 0 ? null : <span class="cell-sub">{responseStatusCode}</span>}
      </td>
      <td class="wide number nowrap">{duration(responseDurationMs)}</td>
      <td>
        <Time at={timestamp} />
      </td>
    </tr>
  );
};

/** Attempts at one endpoint; each opens why it went as it did. */
export const AttemptRows = ({ attempts }: { attempts: readonly Attempt[] }) => {
  const { t } = useI18n();
  return (
    <Table
      caption={t('deliveries.caption')}
      columns={[
        { label: t('deliveries.status') },
        { label: t('deliveries.event') },
        { label: t('deliveries.result'), kind: 'wide' },
        { label: t('deliveries.duration'), kind: 'wide number' },
        { label: t('deliveries.time') },
      ]}
    >
      {attempts.map((attempt) => (
        <Row key={attempt.id} attempt={attempt} />
      ))}
    </Table>
  );
};
