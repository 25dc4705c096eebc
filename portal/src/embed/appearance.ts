import { forget, readStored, store } from '../session/storage.ts';
import { isRecord } from '../lib/records.ts';
import { EMBED_PARAMETERS, parseEmbedParameters } from './parameters.ts';
import type { EmbedParameters } from './parameters.ts';

const STORED = 'posthorn.appearance';

const carriesParameters = (search: URLSearchParams) => EMBED_PARAMETERS.some((name) => search.has(name));

/** The address without the parameters that were read. */
const cleaned = (search: URLSearchParams): string => {
  for (const name of EMBED_PARAMETERS) search.delete(name);
  const rest = search.toString();
  return location.pathname + (rest === '' ? '' : `?${rest}`) + location.hash;
};

/**
 * The parameters of the embedding page: from the address once, then from the tab's storage, so that a reload of another
 * screen keeps them. A new link replaces all of them.
 */
export const readAppearance = (isLogin: boolean): EmbedParameters => {
  const search = new URLSearchParams(location.search);
  if (carriesParameters(search)) {
    const query = location.search;
    store(STORED, { query });
    history.replaceState(history.state, '', cleaned(search));
    return parseEmbedParameters(query);
  }
  if (isLogin) forget(STORED);
  const stored = readStored(STORED);
  const query = isRecord(stored) && typeof stored['query'] === 'string' ? stored['query'] : '';
  return { ...parseEmbedParameters(query), next: null };
};
