import { Link } from 'wouter-preact';
import { ResendButton } from '../../components/delivery/resend-button.tsx';
import { Card } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { StatusBadge } from '../../components/delivery/status-badge.tsx';
import { Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeTitle } from '../../lib/causes.ts';
import { useDeliveries } from './use-deliveries.ts';
import type { Delivery } from './group-by-endpoint.ts';
import type { Deliveries } from './use-deliveries.ts';

const attemptHref = (messageId: string, attemptId: string) => `/messages/${messageId}/attempts/${attemptId}`;

const Older = ({ delivery: { attempts }, messageId }: { delivery: Delivery; messageId: string }) => {
  const { t } = useI18n();
  if (attempts.length < 2) return null;
  return (
    <details class="older">
      <summary>{t('messages.attempts', { count: attempts.length })}</summary>
      <ol reversed class="attempt-list">
        {attempts.map(({ id, status, timestamp, details }) => (
          <li key={id}>
            <Link href={attemptHref(messageId, id)} class="cell-link">
              <Time at={timestamp} form="short" />
            </Link>{' '}
            <StatusBadge status={status} />
            {details?.cause == null ? null : (
              <span class="cell-sub">{causeTitle(t, details.cause.code)}</span>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
};

const Row = ({ delivery, messageId }: { delivery: Delivery; messageId: string }) => {
  const { t, rich } = useI18n();
  const { endpointId, url, status, nextAttempt, attempts } = delivery;
  const [latest] = attempts;
  const cause = latest?.details?.cause;
  return (
    <tr>
      <th scope="row" class="break">
        {latest === undefined ? (
          <Link href={`/endpoints/${endpointId}`} class="cell-link">
            {url}
          </Link>
        ) : (
          <Link href={attemptHref(messageId, latest.id)} class="cell-link">
            {url}
          </Link>
        )}
        <Older delivery={delivery} messageId={messageId} />
      </th>
      <td>
        <StatusBadge status={status} />
        {cause == null ? null : <span class="cell-sub">{causeTitle(t, cause.code)}</span>}
        {nextAttempt === null ? null : (
          <span class="cell-sub">
            {rich('messages.next.at', { relative: <Time key="next" at={nextAttempt} /> })}
          </span>
        )}
      </td>
      <td class="wide">{latest === undefined ? null : <Time at={latest.timestamp} />}</td>
      <td class="number">
        <ResendButton
          messageId={messageId}
          endpointId={endpointId}
          label={t('messages.resend.to', { url })}
          size="small"
        />
      </td>
    </tr>
  );
};

const Rows = ({ found: { deliveries, complete }, messageId }: { found: Deliveries; messageId: string }) => {
  const { t } = useI18n();
  if (deliveries.length === 0) {
    return <Empty title={t('messages.deliveries.none')}>{t('messages.deliveries.none.text')}</Empty>;
  }
  return (
    <>
      <Table
        caption={t('messages.deliveries')}
        columns={[
          { label: t('filter.endpoint') },
          { label: t('messages.status') },
          { label: t('messages.time'), kind: 'wide' },
          { label: t('delivery.resend'), hidden: true },
        ]}
      >
        {deliveries.map((delivery) => (
          <Row key={delivery.endpointId} delivery={delivery} messageId={messageId} />
        ))}
      </Table>
      {complete ? null : <p class="muted card-note">{t('messages.attempts.cut')}</p>}
    </>
  );
};

/** The endpoints that the message was sent to, each with its attempts. */
export const DeliveriesCard = ({ messageId }: { messageId: string }) => {
  const { t } = useI18n();
  const deliveries = useDeliveries(messageId);
  return (
    <Card title={t('messages.deliveries')} flush>
      <Loaded query={deliveries}>{(found) => <Rows found={found} messageId={messageId} />}</Loaded>
    </Card>
  );
};
