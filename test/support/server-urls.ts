import { inject } from 'vitest';
import { httpUrl, restUrl } from '../../scripts/local/stack.ts';
import { serverUrlOf } from './client.ts';

export interface ServerUrl {
  readonly name: string;
  /** The server URL to configure in clients. */
  readonly serverUrl: string;
}

/**
 * The server URLs that clients can use: those of the APIs on the emulator, which have a path, and the local proxy, which
 * is an origin. Without the HTTP API on emulators that have none.
 */
export const serverUrls = (): readonly ServerUrl[] => {
  const { awsEndpointUrl, outputs, httpServerUrl } = inject('stack');
  const rest = restUrl(awsEndpointUrl, outputs);
  return [
    ...(httpServerUrl === null ? [] : [{ name: 'HTTP API', serverUrl: httpUrl(awsEndpointUrl, outputs) }]),
    { name: 'REST API', serverUrl: rest },
    { name: 'local proxy', serverUrl: serverUrlOf() },
  ];
};
