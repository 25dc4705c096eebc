import { Link, useLocation, useSearch } from 'wouter-preact';
import { endpointsKey, useDayCounts, useEndpoints } from '../../api/endpoints.ts';
import type { Endpoint } from '../../api/types.ts';
import { ButtonLink } from '../../components/button.tsx';
import { BusyArea } from '../../components/busy-area.tsx';
import { EventScope } from '../../components/event-types/event-scope.tsx';
import { HealthBadge } from '../../components/endpoint/health-badge.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card, PageHeader } from '../../components/page.tsx';
import { Pagination } from '../../components/pagination.tsx';
import { Ratio } from '../../components/endpoint/ratio.tsx';
import { Empty, Loaded, useFailure } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { usePolling } from '../../polling/polling.tsx';
import { useCan, useSession } from '../../session/use-session.tsx';

const DayRatio = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const counts = useDayCounts(endpoint.id);
  const failure = useFailure(counts);
  if (counts.data !== undefined) return <Ratio counts={counts.data} />;
  return failure === null ? (
    <span class="skeleton-line" />
  ) : (
    <span class="muted">{t('endpoints.unknown')}</span>
  );
};

const Row = ({ endpoint }: { endpoint: Endpoint }) => {
  return (
    <tr class="linked">
      <th scope="row" class="cell-main">
        <Link href={`/endpoints/${endpoint.id}`} class="row-link break">
          {endpoint.url}
        </Link>
        {endpoint.description === '' ? null : <span class="cell-sub break">{endpoint.description}</span>}
      </th>
      <td class="wide">
        <EventScope eventTypes={endpoint.eventTypes} />
      </td>
      <td class="wide">
        <DayRatio endpoint={endpoint} />
      </td>
      <td>
        <HealthBadge endpoint={endpoint} />
      </td>
    </tr>
  );
};

const Nothing = () => {
  const { t } = useI18n();
  const canAdd = useCan('ManageEndpoint');
  return (
    <Empty
      title={t('endpoints.empty.title')}
      icon="globe"
      action={
        canAdd ? (
          <ButtonLink href="/endpoints/new" variant="primary">
            <Icon name="plus" /> {t('endpoints.add')}
          </ButtonLink>
        ) : undefined
      }
    >
      {t(canAdd ? 'endpoints.empty.text' : 'endpoints.empty.readOnly')}
    </Empty>
  );
};

const Rows = ({ endpoints }: { endpoints: readonly Endpoint[] }) => {
  const { t } = useI18n();
  return (
    <Table
      caption={t('endpoints.title')}
      columns={[
        { label: t('endpoints.column.endpoint') },
        { label: t('endpoints.column.events'), kind: 'wide' },
        { label: t('endpoints.column.day'), kind: 'wide' },
        { label: t('endpoints.column.status') },
      ]}
    >
      {endpoints.map((endpoint) => (
        <Row key={endpoint.id} endpoint={endpoint} />
      ))}
    </Table>
  );
};

/** All endpoints, with their health at a glance. */
export const EndpointsScreen = () => {
  const { t } = useI18n();
  const [, navigate] = useLocation();
  const canAdd = useCan('ManageEndpoint');
  const { appId } = useSession();
  const page = new URLSearchParams(useSearch()).get('page');
  const endpoints = useEndpoints(page);
  usePolling([...endpointsKey(appId), page]);
  const goTo = (iterator: string | null | undefined) =>
    navigate(iterator ? `/endpoints?page=${encodeURIComponent(iterator)}` : '/endpoints');
  return (
    <>
      <PageHeader
        title={t('endpoints.title')}
        subtitle={t('endpoints.subtitle')}
        actions={
          canAdd ? (
            <ButtonLink href="/endpoints/new" variant="primary">
              <Icon name="plus" /> {t('endpoints.add')}
            </ButtonLink>
          ) : undefined
        }
      />
      <Card flush>
        <Loaded query={endpoints} lines={6}>
          {({ data, done, iterator, prevIterator }) => (
            <BusyArea busy={endpoints.isPlaceholderData}>
              {data.length > 0 ? (
                <Rows endpoints={data} />
              ) : page === null ? (
                <Nothing />
              ) : (
                <Empty title={t('table.empty')} />
              )}
              <Pagination
                onNewer={page === null ? undefined : () => goTo(prevIterator)}
                onOlder={done ? undefined : () => goTo(iterator)}
                busy={endpoints.isPlaceholderData}
              />
            </BusyArea>
          )}
        </Loaded>
      </Card>
    </>
  );
};
