import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Body, Command, HangUp } from './receiver-command.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

const length = (body: Body) => (body.kind === 'text' ? Buffer.byteLength(body.text) : body.bytes);

const drained = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });

const writeFiller = async (response: ServerResponse, bytes: number): Promise<void> => {
  for (let left = bytes; left > 0 && !response.destroyed; left -= CHUNK.length) {
    if (!response.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await drained(response);
  }
};

const sendAnswer = async (response: ServerResponse, answer: Answer, bodyDelayMs: number): Promise<void> => {
  const own = answer.headers.flat();
  const empty = answer.status === 204 || answer.status === 304;
  const framing = empty ? [] : ['content-length', String(length(answer.body))];
  response.writeHead(answer.status, [...own, ...framing]);
  response.flushHeaders();
  if (bodyDelayMs > 0) await wait(bodyDelayMs);
  if (!empty && answer.body.kind === 'filler') await writeFiller(response, answer.body.bytes);
  if (!empty && answer.body.kind === 'text') response.write(answer.body.text);
  response.end();
};

/** Closes the connection after the sender got nothing, half a header, or half a body. */
const hangUp = (response: ServerResponse, at: HangUp): void => {
  const { socket } = response;
  if (socket === null) return;
  switch (at) {
    case 'connect':
      socket.resetAndDestroy();
      return;
    case 'headers':
      socket.end('HTTP/1.1 200 OK\r\ncontent-ty', () => socket.destroy());
      return;
    case 'body':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this', () => socket.destroy());
      return;
  }
};

/** Executes the command for one request; resolves when there is nothing more to send. */
export const execute = async (
  response: ServerResponse,
  command: Command,
  released: Promise<void>,
): Promise<void> => {
  if (command.delayMs > 0) await wait(command.delayMs);
  await released;
  switch (command.outcome.kind) {
    case 'answer':
      await sendAnswer(response, command.outcome, command.bodyDelayMs);
      break;
    case 'hang-up':
      hangUp(response, command.outcome.at);
      break;
    case 'timeout':
      break; // the sender closes at its timeout, or the receiver when it stops
  }
};
