import { Link } from 'wouter-preact';
import type { Endpoint } from '../../api/types.ts';
import { Copyable } from '../../components/copy-button.tsx';
import { EventScope } from '../../components/event-scope.tsx';
import { Card, Facts } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { NO_FILTERS } from '../../lib/filters.ts';
import { ActivityCard } from './activity-card.tsx';
import { AttemptRows } from './attempt-rows.tsx';
import { useAttempts } from './use-attempts.ts';

const RECENT = 5;

const Recent = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const attempts = useAttempts({
    endpointId: endpoint.id,
    filters: NO_FILTERS,
    nowMs: 0,
    iterator: null,
    limit: RECENT,
  });
  return (
    <Card
      title={t('overview.recent')}
      flush
      actions={<Link href={`/endpoints/${endpoint.id}/deliveries`}>{t('overview.recent.all')}</Link>}
    >
      <Loaded query={attempts}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('deliveries.empty')}>{t('deliveries.empty.text')}</Empty>
          ) : (
            <AttemptRows attempts={data} />
          )
        }
      </Loaded>
    </Card>
  );
};

const Details = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const { id, uid, url, eventTypes, createdAt, updatedAt } = endpoint;
  return (
    <Card title={t('overview.details')}>
      <Facts
        items={[
          [t('endpoint.url'), <Copyable key="url" text={url} what={t('endpoint.url')} />],
          [t('endpoints.column.events'), <EventScope key="events" eventTypes={eventTypes} most={50} />],
          [t('endpoint.id'), <Copyable key="id" text={id} what={t('endpoint.id')} />],
          ...(uid === null ? [] : [[t('endpoint.uid'), <code key="uid">{uid}</code>] as const]),
          [t('endpoint.created'), <Time key="created" at={createdAt} />],
          [t('endpoint.changed'), <Time key="changed" at={updatedAt} />],
        ]}
      />
      {eventTypes === null ? <p class="hint note">{t('endpoints.all.note')}</p> : null}
    </Card>
  );
};

/** How the endpoint is doing. */
export const OverviewTab = ({ endpoint }: { endpoint: Endpoint }) => (
  <div class="stack">
    <ActivityCard endpoint={endpoint} />
    <Recent endpoint={endpoint} />
    <Details endpoint={endpoint} />
  </div>
);
