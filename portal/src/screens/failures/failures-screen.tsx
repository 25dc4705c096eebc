import { FilterBar } from '../../components/filters/filter-bar.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { useFilters } from '../../components/filters/use-filters.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import { startOf } from '../../lib/filters.ts';
import { FailuresView } from './failures-view.tsx';
import { useFailures } from './use-failures.ts';

/** What failed, by cause, by endpoint and by hour, with the way to send it again. */
export const FailuresScreen = () => {
  const { t } = useI18n();
  const used = useFilters();
  const { filters, nowMs } = used;
  const since = startOf(filters.range ?? '24h', nowMs);
  const failures = useFailures({ endpoint: filters.endpoint, since });
  return (
    <>
      <PageHeader title={t('failures.title')} subtitle={t('failures.subtitle')} />
      <FilterBar names={['endpoint', 'period']} filters={filters} onChange={used.change} />
      <Loaded query={failures} lines={8}>
        {(counted) => (
          <FailuresView
            counted={counted}
            endpoint={filters.endpoint}
            onChooseEndpoint={(endpoint) => used.change({ endpoint })}
          />
        )}
      </Loaded>
    </>
  );
};
