import type { Endpoint } from '../endpoints/endpoint.domain.ts';
import { endpointTexts } from '../endpoints/endpoint-size.domain.ts';
import type { Snapshot } from './snapshot.ts';

/** Bytes in V8, rounded up, of an endpoint without its texts, and of each string besides its characters. */
const ENDPOINT_BYTES = 1_500;
const STRING_BYTES = 32;
const OFF_SPAN_BYTES = 150;
/** A string with characters outside Latin-1 takes two bytes a character. */
const CHARACTER_BYTES = 2;

const bytesOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + STRING_BYTES + CHARACTER_BYTES * text.length, 0);

const endpointBytes = (endpoint: Endpoint): number =>
  ENDPOINT_BYTES + OFF_SPAN_BYTES * (endpoint.offSpans ?? []).length + bytesOf(endpointTexts(endpoint));

/**
 * The expected bytes of a snapshot before it is read, from the counters of its revision; without the overhead of
 * strings.
 */
export const expectedSnapshotBytes = (counted: {
  readonly endpointCount: number;
  readonly endpointBytes: number;
}): number => ENDPOINT_BYTES * (counted.endpointCount + 1) + CHARACTER_BYTES * counted.endpointBytes;

/** An upper bound of the memory of a snapshot (bytes), from the texts that customers choose. */
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
