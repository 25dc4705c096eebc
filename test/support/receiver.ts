import { inject } from 'vitest';
import { receiverAt } from '../../scripts/local/receiver/receiver-client.ts';
import type { Filter, Received } from '../../scripts/local/receiver/receiver-log.ts';
import { DEADLINE_MS } from './limits.ts';

/** The scripted receiver of the booted stack (docs/receiver.md). Use a path of your own in every test. */
export const receiver = () => receiverAt(inject('stack').receiverUrl);

/** The URL to register: `path` begins with a slash and may carry commands, e.g. `/my-test?flap=2`. */
export const hookUrl = (path: string): string => `${inject('stack').receiverHookUrl}${path}`;

/** Waits for `count` webhooks; throws at the deadline with the requests that arrived instead. */
export const webhooks = (filter: Filter, count = 1): Promise<readonly Received[]> =>
  receiver().waitFor(filter, count, DEADLINE_MS);

/** The headers with names in lower case, as the verifiers of the SDKs expect them. */
export const headersOf = (webhook: Received): Record<string, string> =>
  Object.fromEntries(webhook.headers.map(([name, value]) => [name.toLowerCase(), value]));

/** The body as text, as the verifiers of the SDKs expect it. */
export const bodyOf = (webhook: Received): string => Buffer.from(webhook.body, 'base64').toString();
