import { inject } from 'vitest';
import { serverUrlOf } from './client.ts';

export interface DoorOfStack {
  readonly name: string;
  /** What clients are given as their server URL. */
  readonly serverUrl: string;
}

/**
 * Every way in: the gateways at their own URLs, whose paths are longer than a mere origin, and the front door, which is
 * an origin. No HTTP API on emulators that have none.
 */
export const serverUrls = (): readonly DoorOfStack[] => {
  const { awsEndpointUrl, outputs, httpServerUrl } = inject('stack');
  const http = `${awsEndpointUrl}/_aws/execute-api/${outputs['HttpApiId'] ?? ''}/$default`;
  const stage = outputs['RestApiStage'] ?? 'prod';
  const rest = `${awsEndpointUrl}/restapis/${outputs['RestApiId'] ?? ''}/${stage}/_user_request_`;
  return [
    ...(httpServerUrl === null ? [] : [{ name: 'HTTP API', serverUrl: http }]),
    { name: 'REST API', serverUrl: rest },
    { name: 'front door', serverUrl: serverUrlOf() },
  ];
};
