import type { Endpoint } from '../endpoints/endpoint.domain.ts';
import type { Snapshot } from './snapshot.ts';

/** An object of an endpoint without its texts, and one string of a list or map; in V8, rounded up. */
const ENDPOINT_BYTES = 1_500;
const STRING_BYTES = 32;
/** Characters beyond Latin-1 take two bytes each. */
const CHARACTER_BYTES = 2;

const bytesOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + STRING_BYTES + CHARACTER_BYTES * text.length, 0);

const endpointBytes = ({ url, description, metadata, headers, eventTypes, channels }: Endpoint): number =>
  ENDPOINT_BYTES +
  bytesOf([url, description, ...(eventTypes ?? []), ...(channels ?? [])]) +
  bytesOf(Object.entries(metadata).flat()) +
  bytesOf(Object.entries(headers).flat());

/** The same from the counters of an application's revision, before it is read: an upper bound but for the strings' own. */
export const expectedSnapshotBytes = (counted: {
  readonly endpointCount: number;
  readonly endpointBytes: number;
}): number => ENDPOINT_BYTES * (counted.endpointCount + 1) + CHARACTER_BYTES * counted.endpointBytes;

/** What a snapshot holds of memory, at most: what customers choose counts, not how many endpoints they have. */
export const snapshotBytes = ({
  application,
  endpoints,
  unreadable,
}: Pick<Snapshot, 'application' | 'endpoints' | 'unreadable'>): number =>
  ENDPOINT_BYTES +
  bytesOf([application.name, ...Object.entries(application.metadata).flat()]) +
  endpoints.reduce((sum, endpoint) => sum + endpointBytes(endpoint), 0) +
  unreadable.reduce(
    (sum, { eventTypes, channels, reason }) =>
      sum + ENDPOINT_BYTES + bytesOf([reason, ...(eventTypes ?? []), ...(channels ?? [])]),
    0,
  );
