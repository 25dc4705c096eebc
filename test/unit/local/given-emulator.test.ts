import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { emulatorKind, waitForAnswer } from '../../../scripts/local/emulator/given-emulator.ts';
import type { Listening } from '../../../scripts/local/listen.ts';
import { listen, listenAddressFor } from '../../../scripts/local/listen.ts';
import { subnetsOf } from '../../../scripts/local/receiver/receiver-access.ts';
import { makeFaultServer } from '../../support/fault-server.ts';

const opened: Listening[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const serve = async (answer: RequestListener): Promise<string> => {
  const listening = await listen(createServer(answer), 0);
  opened.push(listening);
  return `http://127.0.0.1:${listening.port}`;
};

const ACCOUNT = '<Account>000000000000</Account>';

describe('an emulator at AWS_ENDPOINT_URL', () => {
  it('is waited for while it starts: no answer and 5xx are repeated', async () => {
    const statuses = [503, 500, 200];
    const notes: string[] = [];
    const url = await serve((_request, response) => response.writeHead(statuses.shift() ?? 200).end(ACCOUNT));
    await waitForAnswer(url, (text) => notes.push(text));
    expect(notes).toEqual([expect.stringContaining('503'), expect.stringContaining('500')]);
  });

  it('is refused at once if its account is not an emulator’s', async () => {
    const url = await serve((_request, response) => response.end('<Account>123456789012</Account>'));
    await expect(waitForAnswer(url, () => undefined)).rejects.toThrow('reports account 123456789012');
  });

  it('that never answers is reported at the limit', async () => {
    const url = await serve((request) => request.destroy());
    await expect(waitForAnswer(url, () => undefined, 1)).rejects.toThrow('Start the emulator first');
  });

  it.each([
    ['ministack', ['/_ministack/health', '/_localstack/health']],
    ['localstack', ['/_localstack/health']],
    ['other', []],
  ])('is known as %s by its health page', async (kind, paths) => {
    const url = await serve((request, response) =>
      response.writeHead(paths.includes(request.url ?? '') ? 200 : 404).end('{}'),
    );
    expect(await emulatorKind(url)).toBe(kind);
  });
});

describe('functions in containers', () => {
  it.each(['host.docker.internal', '172.17.0.1', '127.0.0.2'])(
    'reach the receiver and the fault server under %s, not only under 127.0.0.1',
    async (hostName) => {
      const server = makeFaultServer();
      opened.push(await server.start(listenAddressFor(hostName)));
      // Another address of this machine takes the place of that of a container's network.
      const { port } = new URL(server.url());
      const answer = await fetch(`http://127.0.0.2:${port}/step/any`, { method: 'POST' });
      expect(await answer.text()).toBe('go');
    },
  );

  it('are not needed to reach 127.0.0.1, which no other machine reaches', async () => {
    const server = makeFaultServer();
    opened.push(await server.start(listenAddressFor('127.0.0.1')));
    const { port } = new URL(server.url());
    await expect(fetch(`http://127.0.0.2:${port}/step/any`, { method: 'POST' })).rejects.toThrow();
  });

  it.each([
    ['172.17.0.1', ['127.0.0.1/32', '172.17.0.1/32']],
    ['fd00::1', ['127.0.0.1/32', 'fd00::1/128']],
    ['host.docker.internal', ['127.0.0.1/32', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']],
  ])('may send to the receiver at %s, and to no more than that if it is an address', (hostName, subnets) => {
    expect(subnetsOf(hostName)).toEqual(subnets);
  });
});
