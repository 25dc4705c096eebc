import { describe, expect, it } from 'vitest';
import type { AddressDecision } from '../../../../functions/deliver/http-client/ssrf-guard.ts';
import { makeConnector } from '../../../../functions/deliver/http-client/connector.ts';
import { inMs } from '../../../../functions/deliver/http-client/deadline.ts';
import { settled } from '../../../support/poll.ts';
import type { Receiver } from './receiver.ts';
import { tcpReceiver } from './receiver.ts';

/** Connects with a policy that returns `decisions` one after the other; returns the socket or the error. */
function connectTo(receiver: Receiver, decisions: AddressDecision[]): Promise<unknown> {
  const policy = { decide: () => decisions.shift() ?? { kind: 'deny' as const, range: 'unexpected' } };
  const connect = makeConnector({
    policy,
    resolver: () => Promise.resolve(['127.0.0.1']),
    timeoutMs: 60_000,
  });
  const target = { hostname: 'name.example', port: receiver.port, secure: false };
  return connect(target, inMs(60_000), () => undefined).catch((error: unknown) => error);
}

describe('a connection', () => {
  it('is closed when the address of its peer is denied by the policy', async () => {
    await using receiver = await tcpReceiver(() => undefined);
    const result = await connectTo(receiver, [{ kind: 'allow' }, { kind: 'deny', range: 'loopback' }]);
    expect(result).toMatchObject({ failure: 'address_blocked' });
    await settled(() => expect([receiver.connections(), receiver.open()]).toEqual([1, []]));
  });

  it('is used when the address of its peer is allowed too', async () => {
    await using receiver = await tcpReceiver(() => undefined);
    const result = await connectTo(receiver, [{ kind: 'allow' }, { kind: 'allow' }]);
    expect(result).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: receiver.port });
  });
});
