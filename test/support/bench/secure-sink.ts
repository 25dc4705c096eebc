import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE_KEY, LOOPBACK_CERTIFICATE } from '../../unit/deliver/http-client/certificate.ts';

const KEPT = '/kept';

/** A receiver over TLS: the connections of one address stay open, those of the other are closed after each response. */
export const startSecureSink = async () => {
  const server = createServer({ cert: LOOPBACK_CERTIFICATE, key: CERTIFICATE_KEY }, (request, response) => {
    if (request.url !== KEPT) response.setHeader('connection', 'close');
    request.resume().on('end', () => response.end('ok'));
  });
  const certificateFile = join(mkdtempSync(join(tmpdir(), 'posthorn-bench-sink-')), 'certificate.pem');
  writeFileSync(certificateFile, LOOPBACK_CERTIFICATE);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** For NODE_EXTRA_CA_CERTS of a process that trusts it. */
    certificateFile,
    keptUrl: `${origin}${KEPT}`,
    closedUrl: `${origin}/closed`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
