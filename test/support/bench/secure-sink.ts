import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOOPBACK_CERTIFICATE } from '../../unit/deliver/http-client/certificate.ts';
import { httpsReceiver } from '../../unit/deliver/http-client/receiver.ts';

/** A receiver over TLS: the connections of one address stay open, those of the other are closed after each response. */
export const startSecureSink = async () => {
  const receiver = await httpsReceiver(
    (request, response) => {
      if (request.url === '/closed') response.setHeader('connection', 'close');
      response.end('ok');
    },
    { cert: LOOPBACK_CERTIFICATE },
  );
  const certificateFile = join(mkdtempSync(join(tmpdir(), 'posthorn-bench-sink-')), 'certificate.pem');
  writeFileSync(certificateFile, LOOPBACK_CERTIFICATE);
  return {
    /** For NODE_EXTRA_CA_CERTS of a process that trusts it. */
    certificateFile,
    keptUrl: `${receiver.url}kept`,
    closedUrl: `${receiver.url}closed`,
    stop: () => receiver[Symbol.asyncDispose](),
  };
};
