import type { Server } from 'node:http';
import { Problem, errorCode } from './problem.ts';

export interface Listening {
  readonly port: number;
  /** Ends the server and its open connections. */
  close(): Promise<void>;
}

/**
 * The address to listen on for functions that reach this machine under `hostName`: functions in containers cannot reach
 * 127.0.0.1, and the interface that has their network is not known.
 */
export const listenAddressFor = (hostName: string): string =>
  hostName === '127.0.0.1' ? '127.0.0.1' : '0.0.0.0';

/**
 * Listens on `port` (0: any free one). Rejects with a Problem if the port is in use. Clients close idle connections, not
 * the server: on a busy machine it would close one that a client, delayed, has just sent a request on.
 */
export const listen = (server: Server, port: number, host = '127.0.0.1'): Promise<Listening> =>
  new Promise((resolve, reject) => {
    server.keepAliveTimeout = 0;
    server.once('error', (error) => {
      const taken = errorCode(error) === 'EADDRINUSE';
      reject(taken ? new Problem(`Port ${port} on ${host} is in use by another program.`) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
