import pLimit from 'p-limit';
import { settleAll } from '../platform/settle.domain.ts';
import { stopReason } from './event-source.domain.ts';
import type { EventSource } from './event-source.domain.ts';

export interface CheckDeps {
  readonly ids: readonly string[];
  /** Null if the mapping does not exist. */
  readonly read: (id: string) => Promise<EventSource | null>;
}

export interface Stopped {
  readonly source: EventSource;
  readonly reason: string;
}

/** Lambda's API allows an account 15 requests of this kind a second. */
const AT_ONCE = 4;

/** The event source mappings that invoke no function. Throws if one cannot be read. */
export const makeCheckEventSources =
  ({ ids, read }: CheckDeps) =>
  async (): Promise<readonly Stopped[]> => {
    const limit = pLimit(AT_ONCE);
    const found = await settleAll(
      ids.map((id) =>
        limit(async (): Promise<Stopped[]> => {
          const source = await read(id);
          if (source === null) return [{ source: missing(id), reason: 'deleted' }];
          const reason = stopReason(source);
          return reason === undefined ? [] : [{ source, reason }];
        }),
      ),
    );
    return found.flat();
  };

const missing = (id: string): EventSource => ({ id, state: 'missing', lastResult: '' });
