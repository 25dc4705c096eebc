import type { Endpoint } from '../../api/types.ts';
import { useDisplay } from '../../app/display.tsx';
import { BusyArea } from '../../components/busy-area.tsx';
import { Button } from '../../components/button.tsx';
import { FilterBar } from '../../components/filters/filter-bar.tsx';
import type { FilterName } from '../../components/filters/filter-bar.tsx';
import { Card } from '../../components/page.tsx';
import { Pagination } from '../../components/pagination.tsx';
import { Banner, Empty, Loaded } from '../../components/states.tsx';
import { useFilters } from '../../components/filters/use-filters.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import { NO_FILTERS, isFiltered } from '../../lib/filters.ts';
import { AttemptRows } from './attempt-rows.tsx';
import { useAttempts } from './use-attempts.ts';
import type { AttemptPage } from './use-attempts.ts';

const PAGE = 25;

const Nothing = ({ onClear }: { onClear: (() => void) | null }) => {
  const { t } = useI18n();
  if (onClear === null) return <Empty title={t('deliveries.empty')}>{t('deliveries.empty.text')}</Empty>;
  return (
    <Empty
      title={t('deliveries.filtered')}
      icon="search"
      action={<Button onClick={onClear}>{t('action.filter.clear')}</Button>}
    >
      {t('deliveries.filtered.text')}
    </Empty>
  );
};

/** Every attempt at the endpoint, with filters that the server applies and the address keeps. */
export const DeliveriesTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const { settings } = useDisplay();
  const { filters, nowMs, page, change, goTo } = useFilters();
  const attempts = useAttempts({ endpointId: endpoint.id, filters, nowMs, iterator: page, limit: PAGE });
  const names: readonly FilterName[] = [
    ...(['status', 'cause', 'class', 'type', 'range'] as const),
    ...(settings?.enableChannels === true ? (['channel'] as const) : []),
    ...(settings?.enableMessageTags === true ? (['tag'] as const) : []),
  ];
  const list = ({ data, done, iterator, prevIterator }: AttemptPage) => (
    <BusyArea busy={attempts.isPlaceholderData}>
      {data.length === 0 && done && page === null ? (
        <Nothing onClear={isFiltered(filters) ? () => change(NO_FILTERS) : null} />
      ) : data.length === 0 && done ? (
        <Empty title={t('table.empty')} />
      ) : (
        <AttemptRows attempts={data} />
      )}
      {data.length === 0 && !done ? <Banner>{t('deliveries.partial')}</Banner> : null}
      <Pagination
        busy={attempts.isPlaceholderData}
        onNewer={page === null ? undefined : () => goTo(prevIterator ?? null)}
        onOlder={done || iterator === null ? undefined : () => goTo(iterator)}
      />
    </BusyArea>
  );
  return (
    <>
      <FilterBar names={names} filters={filters} onChange={change} />
      <Card flush>
        <Loaded query={attempts} lines={8}>
          {list}
        </Loaded>
      </Card>
    </>
  );
};
