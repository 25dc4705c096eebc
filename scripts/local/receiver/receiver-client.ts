import { z } from 'zod';
import type { Filter, Received } from './receiver-log.ts';
import { received } from './receiver-log.ts';

const page = z.object({ data: z.array(received) });

/** Reads over HTTP what a receiver got, for `npm start` and for tests. */
export interface ReceiverClient {
  readonly url: string;
  /** The received requests that match the filter. */
  received(filter?: Filter): Promise<readonly Received[]>;
  /** Waits for `count` matching requests. At the deadline it throws an error that lists what was received. */
  waitFor(filter: Filter, count: number, deadlineMs: number): Promise<readonly Received[]>;
  /** Answers requests that wait for `hold=<name>`, and ends the commands of URLs with `until=<name>`. */
  release(name: string): Promise<void>;
  clear(filter?: Filter): Promise<void>;
}

/** Shorter than the idle timeout of any proxy. */
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
        const expected = `${count} request(s) with ${JSON.stringify(filter)} within ${deadlineMs} ms`;
        throw new Error(
          `The receiver waited for ${expected}; it got ${records.length}:\n${describe(await get({}, 0, 0))}`,
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
