import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { OutboundResult } from '../../../../functions/deliver/http-client/outbound.port.ts';
import { settled } from '../../../support/poll.ts';
import type { Receiver } from './receiver.ts';
import { rawReceiver, testSender } from './receiver.ts';

/** Responses that no ordinary server sends, byte by byte. Every test counts the POSTs that the receiver got. */

const responding =
  (...parts: (string | Buffer)[]) =>
  (socket: Socket) => {
    for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    socket.end();
  };

const post = async (
  talk: (socket: Socket) => void,
  options: { timeoutMs?: number; body?: Uint8Array } = {},
): Promise<{ result: OutboundResult; posts: number }> => {
  await using receiver = await rawReceiver(talk);
  await using sender = testSender();
  const result = await sender.send({ url: receiver.url, timeoutMs: 60_000, ...options });
  return { result, posts: receiver.posts() };
};

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const field = (bytes: number) => `X-Long: ${'x'.repeat(bytes - 'X-Long: \r\n'.length)}\r\n`;
/** With its empty line, header fields of exactly 64 KB. */
const BLOCK_64_KB = `HTTP/1.1 200 OK\r\n${field(65_536 - 'Content-Length: 2\r\n\r\n'.length)}Content-Length: 2\r\n\r\nok`;
const interim = (status: number) => `HTTP/1.1 ${status} Wait\r\nLink: </x>\r\n\r\n`;

describe('a response that RFC 9110 and RFC 9112 let a client accept is accepted after one POST', () => {
  it.each<[string, string, string]>([
    ['two equal Content-Length lines', OK.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\n'), 'ok'],
    ['a list of equal Content-Length values', OK.replace(': 2', ': 2, 2'), 'ok'],
    ['a header block of 20 KB', OK.replace('\r\n\r\n', `\r\n${field(20_000)}\r\n`), 'ok'],
    ['a header block of 64 KB', BLOCK_64_KB, 'ok'],
    ['two thousand short header fields', OK.replace('\r\n\r\n', `\r\n${'A: b\r\n'.repeat(2_000)}\r\n`), 'ok'],
    ['an unsolicited 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, 'ok'],
    ['an unsolicited 103', interim(103) + OK, 'ok'],
    ['several interim responses', [100, 102, 103, 103, 199].map(interim).join('') + OK, 'ok'],
    ['a missing reason phrase', OK.replace(' OK', ' '), 'ok'],
    ['a missing reason phrase and space', OK.replace(' OK', ''), 'ok'],
    ['a reason phrase in UTF-8', OK.replace('OK', 'Ça va ☃'), 'ok'],
    ['several spaces in the status line', OK.replace('1.1 200', '1.1  \t200'), 'ok'],
    ['HTTP/1.0', OK.replace('1.1', '1.0'), 'ok'],
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nok', 'ok'],
    ['a later minor version', OK.replace('1.1', '1.2'), 'ok'],
    ['lines that end with LF alone', OK.replaceAll('\r\n', '\n'), 'ok'],
    ['a folded field', OK.replace('\r\n\r\n', '\r\nX-Fold: a\r\n\t b\r\n  c\r\n\r\n'), 'ok'],
    ['a folded Content-Length', OK.replace('Length: 2', 'Length:\r\n 2'), 'ok'],
    ['a line with a space before the first field', OK.replace('OK\r\n', 'OK\r\n junk: 1\r\n'), 'ok'],
    ['a space before a colon', OK.replace('Length:', 'Length :'), 'ok'],
    ['a field name that is no token', OK.replace('\r\n\r\n', '\r\nX Y(z): 1\r\n\r\n'), 'ok'],
    ['a line without a colon', OK.replace('\r\n\r\n', '\r\nnonsense\r\n\r\n'), 'ok'],
    ['control characters in a value', OK.replace('\r\n\r\n', '\r\nX: a\u0001\u007fb\r\n\r\n'), 'ok'],
    ['NUL in a value', OK.replace('\r\n\r\n', '\r\nX: a\0b\r\n\r\n'), 'ok'],
    ['a bare CR in a value', OK.replace('\r\n\r\n', '\r\nX: a\rb\r\n\r\n'), 'ok'],
    ['bytes above ASCII in a value', OK.replace('\r\n\r\n', '\r\nX: \u00ff\u00fe\r\n\r\n'), 'ok'],
    ['an empty line before the status line', `\r\n${OK}`, 'ok'],
    ['garbage after the response', `${OK}HTTP/1.1 500 Oops\r\n\r\nmore`, 'ok'],
    ['a 204 with a body', OK.replace('200 OK', '204 No Content'), ''],
    ['no framing at all', 'HTTP/1.1 200 OK\r\n\r\nok', 'ok'],
    ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
    ['a length with leading zeros', OK.replace(': 2', ': 0002'), 'ok'],
    ['a length beyond any integer', OK.replace(': 2', `: ${'9'.repeat(40)}`), 'ok'],
    ['a body shorter than its length', OK.replace(': 2', ': 20'), 'ok'],
    ['a status outside of every class', OK.replace('200', '299'), 'ok'],
  ])('%s', async (_what, response, body) => {
    const { result, posts } = await post(responding(response));
    const status = Number(/(?<=^|\n)HTTP\/1\.\d\s+(2\d\d)/.exec(response)?.[1]);
    expect(result).toMatchObject({ kind: 'response', status, body });
    expect(posts).toBe(1);
  });

  const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  it.each<[string, string, string]>([
    ['in chunks', `${CHUNKED}1\r\no\r\n1\r\nk\r\n0\r\n\r\n`, 'ok'],
    [
      'in chunks with extensions and trailers',
      `${CHUNKED}2;a=b;c="d"\r\nok\r\n0;x\r\nX: y\r\nZ: 1\r\n\r\n`,
      'ok',
    ],
    ['in chunks that end with LF alone', `${CHUNKED}2\nok\n0\n\n`, 'ok'],
    [
      'in chunks with a size in capitals and zeros',
      `${CHUNKED}000A \r\n0123456789\r\n0\r\n\r\n`,
      '0123456789',
    ],
    [
      'in chunks and with a length',
      `${CHUNKED.replace('\r\n\r\n', '\r\nContent-Length: 9\r\n\r\n')}2\r\nok\r\n0\r\n\r\n`,
      'ok',
    ],
    [
      'in chunks and with two lengths',
      `${CHUNKED.replace('\r\n\r\n', '\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n')}2\r\nok\r\n0\r\n\r\n`,
      'ok',
    ],
    ['with a coding that is not the last', `${CHUNKED.replace('chunked', 'chunked, identity')}ok`, 'ok'],
    ['in chunks that break off', `${CHUNKED}5\r\nok`, 'ok'],
    ['in chunks without an end', `${CHUNKED}2\r\nok\r\n`, 'ok'],
    ['in chunks of nonsense', `${CHUNKED}2\r\nok\r\nzz\r\n`, 'ok'],
    ['in a chunk that is longer than its size', `${CHUNKED}2\r\nok and more\r\n0\r\n\r\n`, 'ok'],
    ['in a chunk with a negative size', `${CHUNKED}-2\r\nok`, ''],
    ['with a chunk line without end', `${CHUNKED}2\r\nok\r\n2;${'x'.repeat(100_000)}`, 'ok'],
    ['with trailers without end', `${CHUNKED}2\r\nok\r\n0\r\n${'X: y\r\n'.repeat(50_000)}`, 'ok'],
  ])('with a body %s', async (_what, response, body) => {
    const { result, posts } = await post(responding(response));
    expect(result).toMatchObject({ kind: 'response', status: 200, body });
    expect(posts).toBe(1);
  });

  it('if it arrives byte by byte', async () => {
    const bytes = [...Buffer.from(interim(103) + OK)];
    const { result, posts } = await post((socket) => {
      socket.setNoDelay(true);
      const timer = setInterval(() => {
        const byte = bytes.shift();
        if (byte === undefined) clearInterval(timer);
        else socket.write(Buffer.of(byte));
      }, 1);
      socket.on('close', () => clearInterval(timer));
    });
    expect([result, posts]).toMatchObject([{ kind: 'response', status: 200, body: 'ok' }, 1]);
  });

  it('with any status from 200 to 999, which is recorded unchanged', async () => {
    for (const status of [200, 201, 299, 304, 404, 500, 599, 600, 999]) {
      const { result, posts } = await post(responding(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
      expect([result, posts]).toMatchObject([{ kind: 'response', status }, 1]);
    }
  });

  it('if it arrives before the request was read', async () => {
    const body = Buffer.alloc(8_000_000, ' ');
    await using receiver = await rawReceiver((socket) => {
      socket.pause();
      socket.end(OK);
    }, 'at-head');
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url, body, timeoutMs: 60_000 });
    expect([result, receiver.posts()]).toMatchObject([{ kind: 'response', status: 200, body: 'ok' }, 1]);
  });
});

describe('a response that no client can accept safely fails after one POST, with the status that arrived', () => {
  it.each<[string, string, number]>([
    ['differing Content-Length lines', OK.replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n'), 200],
    ['a list of differing Content-Length values', OK.replace(': 2', ': 2, 3'), 200],
    ['a negative length', OK.replace(': 2', ': -2'), 200],
    ['a length that is no number', OK.replace(': 2', ': two'), 200],
    ['an empty length', OK.replace(': 2', ':'), 200],
    ['a bad status line', 'HTTP/1.1 2OO OK\r\n\r\n', 0],
    ['a status of four digits', OK.replace('200', '2000'), 0],
    ['a status of two digits', OK.replace('200', '20'), 0],
    ['no status', OK.replace(' 200 OK', ''), 0],
    ['a protocol name in lower case', OK.replace('HTTP', 'http'), 0],
    ['another major version', OK.replace('1.1', '2.0'), 200],
    ['an unsolicited 101', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nhello', 101],
    ['HTTP/0.9', '<html>ok</html>', 0],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 0],
    ['NUL bytes', '\0\0\0\0', 0],
    ['TLS instead of HTTP', '\u0015\u0003\u0001\u0000\u0002\u0002\u0046', 0],
    ['an end amid the status line', 'HTTP/1.1 20', 0],
    ['an end after the status line', 'HTTP/1.1 200 OK\r\n', 200],
    ['an end amid the fields', 'HTTP/1.1 503 No\r\nX-Y: z', 503],
    ['an end after an interim response', interim(103), 0],
    ['interim responses without end', interim(100).repeat(10_000) + OK, 100],
    ['empty lines without end', '\r\n'.repeat(200_000) + OK, 0],
    ['a status line without end', `HTTP/1.1 200 ${'x'.repeat(100_000)}`, 0],
  ])('%s', async (_what, response, status) => {
    const { result, posts } = await post(responding(response));
    expect(result).toMatchObject({ kind: 'error', cause: 'protocol_error', status, repeated: false });
    expect(posts).toBe(1);
    // A sentence for the endpoint's owner: it names no parser and no flag of the runtime.
    expect(result.kind === 'error' && result.message).toMatch(
      /^The endpoint's answer is not valid HTTP: [a-z]/,
    );
    expect(result.kind === 'error' && result.message).not.toMatch(/HPE|UND_ERR|insecure|node|parse|\\u/i);
  });

  it.each([
    ['one byte over 64 KB', BLOCK_64_KB.replace('X-Long: ', 'X-Long:  ')],
    ['100 KB in one field', `HTTP/1.1 200 OK\r\n${field(100_000)}\r\n`],
    ['endless fields', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(100_000)}`],
    ['64 KB of folds', `HTTP/1.1 200 OK\r\nA: b\r\n${' c\r\n'.repeat(20_000)}\r\n`],
  ])('a header block of %s', async (_what, response) => {
    const { result, posts } = await post(responding(response));
    expect(result).toMatchObject({ kind: 'error', cause: 'header_too_large', status: 200 });
    expect(posts).toBe(1);
  });

  it('slow header fields, after their status line', async () => {
    const { result, posts } = await post(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 2_000 },
    );
    expect([result, posts]).toMatchObject([{ cause: 'timeout_response', status: 200 }, 1]);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['closes the connection', (socket) => socket.end(), 'connection_closed'],
    ['resets the connection', (socket) => socket.resetAndDestroy(), 'connection_reset'],
  ])('no response: the receiver %s', async (_what, talk, cause) => {
    const { result, posts } = await post(talk);
    expect([result, posts]).toMatchObject([{ kind: 'error', cause, status: 0, repeated: false }, 1]);
  });

  it('a reset after the first byte of the response', async () => {
    const { result, posts } = await post((socket) => {
      socket.write('H', () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    expect([result, posts]).toMatchObject([{ kind: 'error', status: 0, repeated: false }, 1]);
  });

  it('no response: the receiver resets amid the request', async () => {
    const body = Buffer.alloc(8_000_000, ' ');
    await using receiver = await rawReceiver((socket) => socket.resetAndDestroy(), 'at-head');
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url, body, timeoutMs: 60_000 });
    expect([result, receiver.posts()]).toMatchObject([{ cause: 'connection_reset', status: 0 }, 1]);
  });
});

describe('an idle connection', () => {
  /** Responds to the first request of the first connection; `then` handles its later ones. Others always get a response. */
  const keeping = (then: (socket: Socket) => void) => {
    let connections = 0;
    return (socket: Socket, request: number) => {
      connections += request === 1 ? 1 : 0;
      if (connections === 1 && request > 1) then(socket);
      else socket.write(OK);
    };
  };
  const twice = async (receiver: Receiver, pause: () => Promise<void> = async () => undefined) => {
    await using sender = testSender();
    const send = () => sender.send({ url: receiver.url, timeoutMs: 60_000 });
    expect(await send()).toMatchObject({ kind: 'response' });
    await pause();
    return await send();
  };

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])(
    'that the receiver has %s meanwhile is not used, and the request is sent once on another',
    async (_how, close) => {
      await using receiver = await rawReceiver((socket) => socket.write(OK));
      const result = await twice(receiver, async () => {
        for (const socket of receiver.open()) close(socket);
      });
      expect([result, receiver.posts()]).toMatchObject([{ kind: 'response', status: 200 }, 2]);
    },
  );

  it('that is reset at the next request, as a closed one is, is replaced once', async () => {
    await using receiver = await rawReceiver(keeping((socket) => socket.resetAndDestroy()));
    const result = await twice(receiver);
    expect([result, receiver.posts()]).toMatchObject([{ kind: 'response', status: 200 }, 3]);
  });

  it('that was closed while the next request was in flight (FIN, then a reset) is replaced once', async () => {
    const closing = (socket: Socket) => socket.end(() => socket.resetAndDestroy());
    await using receiver = await rawReceiver(keeping(closing));
    const result = await twice(receiver);
    expect([result, receiver.posts()]).toMatchObject([{ kind: 'response', status: 200 }, 3]);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['takes the next request and closes', (socket) => socket.end(), 'connection_closed'],
    ['responds to the next with one byte and closes', (socket) => socket.end('H'), 'protocol_error'],
    [
      'responds to the next with a bad status line',
      (socket) => socket.end('HTTP/1.1 no\r\n\r\n'),
      'protocol_error',
    ],
  ])('whose receiver %s: the request is not repeated', async (_what, then, cause) => {
    await using receiver = await rawReceiver(keeping(then));
    const result = await twice(receiver);
    expect([result, receiver.posts()]).toMatchObject([{ kind: 'error', cause, repeated: false }, 2]);
  });

  it('whose receiver responds with one byte and resets: the request is not repeated', async () => {
    const then = (socket: Socket) => {
      socket.write('H', () => setTimeout(() => socket.resetAndDestroy(), 50));
    };
    await using receiver = await rawReceiver(keeping(then));
    const result = await twice(receiver);
    expect([result, receiver.posts()]).toMatchObject([{ kind: 'error', repeated: false }, 2]);
  });

  it.each([
    ['says Connection: close', OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')],
    ['has version HTTP/1.0', OK.replace('1.1', '1.0')],
    ['has two equal lengths', OK.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\n')],
    [
      'has a length and chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['ends its lines with LF alone', OK.replaceAll('\r\n', '\n')],
    ['has bytes after its end', `${OK}HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n`],
    ['has a body after 204', OK.replace('200', '204')],
    ['begins with an empty line', `\r\n${OK}`],
    ['has a folded field', OK.replace('\r\n\r\n', '\r\nX: a\r\n b\r\n\r\n')],
  ])('is not reused after a response that %s', async (_what, response) => {
    await using receiver = await rawReceiver((socket) => socket.write(response));
    const result = await twice(receiver);
    expect([result, receiver.posts(), receiver.connections()]).toMatchObject([{ kind: 'response' }, 2, 2]);
    await settled(() => expect(receiver.open()).toEqual([]));
  });

  it('that receives unsolicited bytes is closed, and they are not the response to the next request', async () => {
    await using receiver = await rawReceiver((socket) => socket.write(OK));
    const result = await twice(receiver, async () => {
      for (const socket of receiver.open())
        socket.write('HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n');
    });
    expect([result, receiver.connections()]).toMatchObject([{ status: 200, body: 'ok' }, 2]);
  });
});
