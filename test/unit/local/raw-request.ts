import { connect } from 'node:net';

/** Sends exactly these lines and bytes and returns everything received until the server closes the connection. */
export const rawRequest = (
  port: number,
  lines: readonly string[],
  body: Buffer = Buffer.alloc(0),
): Promise<string> =>
  new Promise((resolve, reject) => {
    const framing = body.length > 0 ? [`Content-Length: ${body.length}`] : [];
    const head = [...lines, `Host: 127.0.0.1:${port}`, ...framing, 'Connection: close', '', ''].join('\r\n');
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head, 'latin1');
      socket.write(body);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
