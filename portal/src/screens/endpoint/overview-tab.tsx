import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { Endpoint } from '../../api/types.ts';
import { useDisplay } from '../../app/display.tsx';
import { Tag } from '../../components/badge.tsx';
import { Copyable } from '../../components/copy-button.tsx';
import { EventScope } from '../../components/event-types/event-scope.tsx';
import { Card, Facts } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { NO_FILTERS } from '../../lib/filters.ts';
import { ActivityCard } from './activity-card.tsx';
import { AttemptRows } from './attempt-rows.tsx';
import { useAttempts } from './use-attempts.ts';

const RECENT = 5;

type Fact = readonly [label: string, value: ComponentChildren];

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

/** What only some endpoints have. */
const useSetFacts = ({ uid, throttleRate, channels, metadata }: Endpoint): readonly Fact[] => {
  const { t } = useI18n();
  const { settings } = useDisplay();
  const tagged = (names: readonly string[]) => (
    <span class="tags">
      {names.map((name) => (
        <Tag key={name}>{name}</Tag>
      ))}
    </span>
  );
  const pairs = Object.entries(metadata).map(([name, value]) => `${name}: ${value}`);
  const facts: readonly (Fact | null)[] = [
    uid === null ? null : [t('endpoint.uid'), <code key="uid">{uid}</code>],
    throttleRate === null ? null : [t('form.rate'), t('overview.rate', { count: throttleRate })],
    channels === null
      ? null
      : [settings?.customStringsOverride?.channelsMany ?? t('form.channels'), tagged(channels)],
    pairs.length === 0 ? null : [t('form.metadata'), tagged(pairs)],
  ];
  return facts.filter((fact) => fact !== null);
};

const Details = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const more = useSetFacts(endpoint);
  const { id, url, eventTypes, createdAt, updatedAt } = endpoint;
  return (
    <Card title={t('overview.details')}>
      <Facts
        items={[
          [t('endpoint.url'), <Copyable key="url" text={url} what={t('endpoint.url')} />],
          [t('endpoints.column.events'), <EventScope key="events" eventTypes={eventTypes} most={50} />],
          [t('endpoint.id'), <Copyable key="id" text={id} what={t('endpoint.id')} />],
          ...more,
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
