import type { EarlierWork, WorkRecord } from '../../../functions/platform/idempotency/work-record.port.ts';

/** Records of work in memory; `advance` moves their clock forward. */
export const memoryWorkRecords = () => {
  const rows = new Map<string, { until: number; result?: string }>();
  let ahead = 0;
  const earlier = (name: string): EarlierWork | undefined => {
    const row = rows.get(name);
    if (row?.result !== undefined) return { kind: 'completed', result: row.result };
    return row !== undefined && row.until >= Date.now() + ahead ? { kind: 'in-progress' } : undefined;
  };
  const recordOf = (name: string): WorkRecord => ({
    start: async (until) => {
      const found = earlier(name);
      if (found === undefined) rows.set(name, { until: until + ahead });
      return found;
    },
    complete: async (result) => void rows.set(name, { until: 0, result }),
    release: async () => void rows.delete(name),
  });
  return Object.assign(recordOf, { advance: (ms: number) => void (ahead += ms) });
};
