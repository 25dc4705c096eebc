import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyAccount } from '../../../scripts/local/deploy/guard.ts';
import type { Listening } from '../../../scripts/local/listen.ts';
import { listen } from '../../../scripts/local/listen.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const endpointThatAnswers = async (body: string, headers: Record<string, string> = {}, status = 200) => {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  const listening = await listen(server, 0);
  open.push(listening);
  return `http://127.0.0.1:${listening.port}`;
};

describe('account check', () => {
  it('accepts the account id of emulators', async () => {
    await expect(
      verifyAccount(await endpointThatAnswers('<Account>000000000000</Account>')),
    ).resolves.toBeUndefined();
  });

  it('refuses any other account id', async () => {
    const endpoint = await endpointThatAnswers('<Account>123456789012</Account>');
    await expect(verifyAccount(endpoint)).rejects.toThrow('reports account 123456789012');
  });

  it('refuses an endpoint that does not answer like AWS, and follows no redirect', async () => {
    await expect(verifyAccount(await endpointThatAnswers('hello'))).rejects.toThrow(
      'reports account unknown',
    );
    const target = await endpointThatAnswers('<Account>000000000000</Account>');
    await expect(verifyAccount(await endpointThatAnswers('', { location: target }, 302))).rejects.toThrow();
  });
});
