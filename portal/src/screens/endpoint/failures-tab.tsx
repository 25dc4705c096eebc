import type { Endpoint } from '../../api/types.ts';
import { FilterBar } from '../../components/filters/filter-bar.tsx';
import { Loaded } from '../../components/states.tsx';
import { useFilters } from '../../components/filters/use-filters.ts';
import { startOf } from '../../lib/filters.ts';
import { FailuresView } from '../failures/failures-view.tsx';
import { useFailures } from '../failures/use-failures.ts';

const nothing = () => undefined;

/** What failed at this endpoint, by cause, with the way to send it again. */
export const FailuresTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { filters, nowMs, change } = useFilters();
  const since = startOf(filters.range ?? '24h', nowMs);
  const failures = useFailures({ endpoint: endpoint.id, since });
  return (
    <>
      <FilterBar names={['period']} filters={filters} onChange={change} />
      <Loaded query={failures} lines={8}>
        {(counted) => <FailuresView counted={counted} endpoint={endpoint.id} onChooseEndpoint={nothing} />}
      </Loaded>
    </>
  );
};
