import { z } from 'zod';
import type { Filter, Received } from './receiver-log.ts';
import { received } from './receiver-log.ts';

const page = z.object({ data: z.array(received) });

/** What came to a receiver, asked over HTTP: the same for `npm start` and for test workers. */
export interface ReceiverClient {
  readonly url: string;
  /** All that came so far and passes the filter. */
  received(filter?: Filter): Promise<readonly Received[]>;
  /** Waits until `count` have come, or throws at the deadline with what did come. */
  waitFor(filter: Filter, count: number, deadlineMs: number): Promise<readonly Received[]>;
  /** Lets requests with `hold=<name>` go on, and ends what URLs with `until=<name>` say. */
  release(name: string): Promise<void>;
  clear(filter?: Filter): Promise<void>;
}

/** Shorter than any proxy's patience. */
const POLL_MS = 20_000;

const query = (filter: Filter, more: Record<string, number> = {}): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.toString();
};

const describe = (records: readonly Received[]): string =>
  records
    .map((one) => `  ${one.method} ${one.url} ${one.id ?? '-'} try ${one.try} -> ${one.answered}`)
    .join('\n');

export const receiverAt = (url: string): ReceiverClient => {
  const get = async (filter: Filter, count: number, waitMs: number): Promise<readonly Received[]> => {
    const response = await fetch(`${url}/_received?${query(filter, { count, wait: waitMs })}`);
    return page.parse(await response.json()).data;
  };
  const waitFor: ReceiverClient['waitFor'] = async (filter, count, deadlineMs) => {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const left = deadline - Date.now();
      const records = await get(filter, count, Math.min(Math.max(left, 0), POLL_MS));
      if (records.length >= count) return records;
      if (left <= 0) {
        const wanted = `${count} request(s) with ${JSON.stringify(filter)} within ${deadlineMs} ms`;
        throw new Error(
          `The receiver waited for ${wanted}; it got ${records.length}:\n${describe(await get({}, 0, 0))}`,
        );
      }
    }
  };
  return {
    url,
    received: (filter = {}) => get(filter, 0, 0),
    waitFor,
    release: async (name) => {
      await fetch(`${url}/_release?name=${encodeURIComponent(name)}`, { method: 'POST' });
    },
    clear: async (filter = {}) => {
      await fetch(`${url}/_received?${query(filter)}`, { method: 'DELETE' });
    },
  };
};
