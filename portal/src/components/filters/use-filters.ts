import { useMemo } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';
import { filterSearch, parseFilters } from '../../lib/filters.ts';
import type { Filters } from '../../lib/filters.ts';

const MINUTE_MS = 60_000;

export interface UsedFilters {
  readonly filters: Filters;
  /** The end of a range such as "last 24 hours"; it stays while the filters do. */
  readonly nowMs: number;
  readonly change: (changes: Partial<Filters>) => void;
  /** The position in the list; null: its beginning. */
  readonly page: string | null;
  readonly goTo: (page: string | null) => void;
}

/** The filters of a list, which are the query of the page's address. */
export const useFilters = (): UsedFilters => {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const parameters = new URLSearchParams(search);
  const filters = useMemo(() => parseFilters(search), [search]);
  const nowMs = useMemo(() => Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS, [filterSearch(filters)]);
  // A field that is left after Enter changes nothing again.
  const open = (query: string) => {
    if (query !== location.search.slice(1)) navigate(query === '' ? path : `${path}?${query}`);
  };
  return {
    filters,
    nowMs,
    page: parameters.get('page'),
    change: (changes) => open(filterSearch({ ...filters, ...changes }, search)),
    goTo: (page) => {
      if (page === null) parameters.delete('page');
      else parameters.set('page', page);
      open(parameters.toString());
    },
  };
};
