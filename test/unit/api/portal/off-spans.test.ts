import { describe, expect, it } from 'vitest';
import { autoDisable } from '../../../../functions/catalog/endpoints/auto-disable.domain.ts';
import { changed } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import { endpoint } from '../../../support/simulation/builders.ts';
import { column, makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const ENDPOINT = '/api/v1/app/acme/endpoint/ep1';
const SPANS = `${ENDPOINT}/off-spans`;
const at = (ms: number) => new Date(ms).toISOString();

describe('spans in which an endpoint was off', () => {
  it('begin when it is disabled and end when it is enabled, with the reason', () => {
    const on = endpoint({ updatedAt: NOW });
    const why = { reason: 'failing', failSince: 1, attemptedAt: NOW, url: on.url } as const;
    const off = changed(on, autoDisable(on, why)!, NOW + 1);
    const described = changed(off, { description: 'x' }, NOW + 2);
    expect(described.offSpans).toEqual([{ since: NOW + 1, until: null, reason: 'failing' }]);
    const again = changed(
      changed(described, { disabled: false, disabledReason: null }, NOW + 3),
      { disabled: true, disabledReason: null },
      NOW + 4,
    );
    expect(again.offSpans).toEqual([
      { since: NOW + 1, until: NOW + 3, reason: 'failing' },
      { since: NOW + 4, until: null, reason: 'owner' },
    ]);
    expect(again.lastDisabledAt).toBe(NOW + 4);
    expect(changed(on, { disabled: false }, NOW + 1).offSpans).toBeUndefined();
  });

  it('are the last ten', () => {
    let current = endpoint();
    for (let step = 0; step < 30; step += 1)
      current = changed(current, { disabled: !current.disabled }, NOW + step);
    expect(current.offSpans?.map(({ since }) => since - NOW)).toEqual([
      10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
    ]);
  });

  const start = async () => {
    let time = NOW;
    const windows: { readonly since: number; readonly until: number }[] = [];
    const client = await makeClient({ now: () => time });
    const { deps } = client.simulation;
    const missed = [3, 2];
    Object.assign(deps, {
      tasks: {
        ...deps.tasks,
        estimate: async ({ since, until, kind }: any, limitMs: number) => {
          expect(kind).toBe('endpoint.replay');
          windows.push({ since, until });
          time += 6_000;
          return { messages: missed.shift() ?? 0, complete: limitMs > 6_000, rate: 50 };
        },
      },
    });
    await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1', disabled: true });
    const set = async (disabled: boolean) => {
      time += 1_000;
      await client.send('PATCH', ENDPOINT, { disabled });
    };
    return { ...client, set, windows };
  };

  it('are listed newest first, without counting', async () => {
    const { send, set, windows } = await start();
    await set(false);
    await set(true);
    expect((await send('GET', SPANS)).json).toEqual({
      data: [
        { since: at(NOW + 2_000), until: null, reason: 'owner' },
        { since: at(NOW), until: at(NOW + 1_000), reason: 'owner' },
      ],
    });
    expect(windows).toEqual([]);
  });

  it('are counted by what replay-missing would send, within ten seconds', async () => {
    const { send, set, windows } = await start();
    for (const disabled of [false, true, false, true]) await set(disabled);
    expect(column(await send('GET', `${SPANS}?count=true`), 'missed')).toEqual([
      { since: at(NOW + 3_000), messages: 3, complete: true },
      { since: at(NOW + 1_000), messages: 2, complete: false },
      { since: at(NOW), messages: 0, complete: false },
    ]);
    expect(windows).toEqual([
      { since: NOW + 3_000, until: null },
      { since: NOW + 1_000, until: NOW + 3_000 },
    ]);
  });

  it('are shown to tokens of the application, and to no others', async () => {
    const { send, simulation } = await start();
    const [app] = simulation.applications.values();
    const as = async (sub: string) => ({
      authorization: `Bearer ${await token({ sub, org: ORG, capabilities: ['ViewBase'] })}`,
    });
    expect((await send('GET', SPANS, undefined, await as(app!.id))).status).toBe(200);
    expect((await send('GET', SPANS, undefined, await as('app_x'))).status).toBe(404);
  });
});
