import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeApiClient } from '../../../scripts/migrate/api-client.ts';
import type { Runtime } from '../../../scripts/migrate/api-client.ts';
import { NO_JOURNAL, openJournal } from '../../../scripts/migrate/journal.ts';
import type { Journal } from '../../../scripts/migrate/journal.ts';
import { migrate } from '../../../scripts/migrate/migrate.ts';
import { describeReport, makeReport } from '../../../scripts/migrate/report.ts';
import type { Report } from '../../../scripts/migrate/report.ts';
import { makeClient } from '../api/client.ts';
import type { Client } from '../api/client.ts';

/** Migration between two APIs in memory. */
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
let source: Client;
let target: Client;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-migrate-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Item {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly uid?: string | null;
}

const ask = async (client: Client, method: string, path: string, body?: unknown): Promise<Item> => {
  const answer = await client.send(method, `/api/v1${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as Item;
};

const listOf = async (client: Client, path: string): Promise<readonly Item[]> =>
  (await ask(client, 'GET', path))['data'] as readonly Item[];

beforeEach(async () => {
  source = await makeClient();
  target = await makeClient();
  await ask(source, 'POST', '/event-type', {
    name: 'invoice.paid',
    description: 'Paid',
    schemas: { '1': { type: 'object' } },
  });
  await ask(source, 'POST', '/event-type', {
    name: 'old',
    description: '',
    archived: true,
    featureFlags: ['beta'],
  });
  await ask(source, 'POST', '/app', {
    name: 'Acme',
    uid: 'acme',
    throttleRate: 5,
    metadata: { plan: 'pro' },
  });
  const endpoint = {
    url: 'https://a.example.com/hook',
    filterTypes: ['invoice.paid'],
    channels: ['b', 'a'],
    metadata: { k: 'v' },
  };
  const headers = { 'x-own': '1', authorization: 'Bearer secret' };
  await ask(source, 'POST', '/app/acme/endpoint', {
    ...endpoint,
    uid: 'main',
    secret: SECRET,
    headers,
    throttleRate: 7,
  });
  await ask(source, 'POST', '/app/acme/endpoint', {
    url: 'https://b.example.com/',
    disabled: true,
    description: 'Off',
  });
  await ask(source, 'POST', '/app', { name: 'Without uid' });
});

interface Sent {
  readonly method: string;
  readonly at: number;
}

/** A virtual clock, and a network in front of an API. */
const makeNetwork = (
  client: Client,
  intercept: (call: number) => 'lost' | 'answer-lost' | 'throttled' | undefined = () => undefined,
) => {
  const sent: Sent[] = [];
  let now = 0;
  const runtime: Runtime = {
    now: () => now,
    sleep: async (ms) => void (now += ms),
    fetch: async (url, { method = 'GET', body, headers }) => {
      sent.push({ method, at: now });
      const fate = intercept(sent.length);
      if (fate === 'lost') throw new Error('ECONNRESET');
      if (fate === 'throttled') return new Response('', { status: 429, headers: { 'retry-after': '7' } });
      const { pathname, search } = new URL(url);
      const { authorization: _, ...rest } = headers as Record<string, string>;
      const answer = await client.send(method, pathname + search, body ?? undefined, rest);
      if (fate === 'answer-lost') throw new Error('ECONNRESET');
      return new Response(answer.text === '' ? null : answer.text, { status: answer.status });
    },
  };
  return { sent, runtime };
};

type Network = ReturnType<typeof makeNetwork>;

interface Options {
  readonly dryRun?: boolean;
  readonly update?: boolean;
  readonly app?: string;
  readonly journal?: Journal;
  readonly from?: Network;
  readonly to?: Network;
}

const run = async (options: Options = {}): Promise<Report> => {
  const { dryRun = false, update = false, app, journal = NO_JOURNAL } = options;
  const report = makeReport(dryRun);
  const shared = {
    serverUrl: 'https://api.test',
    token: 't',
    rate: 10,
    signal: new AbortController().signal,
  };
  const from = options.from ?? makeNetwork(source);
  const to = options.to ?? makeNetwork(target);
  await migrate({
    ...{ dryRun, update, app, journal, report, say: () => undefined },
    source: makeApiClient({ ...shared, side: 'source', runtime: from.runtime }),
    target: makeApiClient({ ...shared, side: 'target', runtime: to.runtime }),
  });
  return report.read();
};

const plain = ({ id: _id, createdAt: _created, updatedAt: _updated, ...rest }: Item) => rest;

interface Headers {
  readonly headers: Readonly<Record<string, string>>;
  readonly sensitive: readonly string[];
}

const withSecret = async (client: Client, path: string, one: Item) => ({
  ...one,
  secret: (await ask(client, 'GET', `${path}/${one.id}/secret`))['key'],
  headers: (await ask(client, 'GET', `${path}/${one.id}/headers`)) as unknown as Headers,
});

/** What an organization has; endpoints by their URL. */
const contents = async (client: Client, change: (one: Item) => Item = (one) => one) => {
  const applications = await listOf(client, '/app');
  const eventTypes = await listOf(client, '/event-type?with_content=true&include_archived=true');
  const endpoints = new Map<string, object>();
  for (const { id } of applications) {
    const path = `/app/${id}/endpoint`;
    for (const one of await listOf(client, path))
      endpoints.set(String(one['url']), plain(change(await withSecret(client, path, one))));
  }
  return {
    eventTypes: eventTypes.map(plain),
    applications: applications.map((one) => plain(change(one))),
    endpoints,
  };
};

/** The same, as it is at the target: with a uid for every object, and without headers whose values cannot be read. */
const expected = () =>
  contents(source, (one) => ({
    ...one,
    uid: one.uid ?? `from-${one.id}`,
    ...(one['headers'] === undefined ? {} : { headers: { ...(one['headers'] as Headers), sensitive: [] } }),
    ...(Array.isArray(one['channels']) ? { channels: one['channels'].toSorted() as string[] } : {}),
  }));

const CREATED = {
  'event type': { created: 2 },
  application: { created: 2 },
  endpoint: { created: 2 },
};

describe('npm run migrate', () => {
  it('recreates event types, applications and endpoints with secrets, headers, filters and a uid for each', async () => {
    const report = await run();
    expect(report).toMatchObject({ counts: CREATED, failures: [] });
    expect(await contents(target)).toEqual(await expected());
    expect(report.newNames.map(({ kind }) => kind)).toEqual(['endpoint', 'application']);
  });

  it('names the headers whose values cannot be read, and writes no secret and no header value into the report', async () => {
    const report = await run();
    expect(report.notices).toEqual([
      {
        kind: 'endpoint',
        name: 'acme/main',
        text: expect.stringContaining('by hand, their values cannot be read: authorization'),
      },
    ]);
    const text = JSON.stringify(report) + describeReport(report);
    for (const value of [SECRET, 'Bearer secret']) expect(text).not.toContain(value);
  });

  it('says so if a secret is an ed25519 key, of which only the public half can be read', async () => {
    const pair =
      'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
    await ask(source, 'POST', '/app/acme/endpoint/main/secret/rotate', { key: pair });
    const report = await run();
    expect(report).toMatchObject({ counts: CREATED, failures: [] });
    expect(report.notices.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('public key of the target'),
    );
    expect((await run()).counts).toMatchObject({ endpoint: { same: 2 } });
  });

  it('changes nothing when it is repeated', async () => {
    await run();
    const before = await contents(target);
    const to = makeNetwork(target);
    const report = await run({ to });
    expect(report.counts).toMatchObject({
      'event type': { same: 2 },
      application: { same: 2 },
      endpoint: { same: 2 },
    });
    expect(new Set(to.sent.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(await contents(target)).toEqual(before);
  });

  it('changes nothing in a dry run, and reports the same counts', async () => {
    const [from, to] = [makeNetwork(source), makeNetwork(target)];
    expect(await run({ dryRun: true, from, to })).toMatchObject({ dryRun: true, counts: CREATED });
    for (const { sent } of [from, to])
      expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect((await contents(target)).applications).toEqual([]);
  });

  it('never changes the source', async () => {
    const from = makeNetwork(source);
    await run({ from });
    expect(new Set(from.sent.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('keeps what differs at the target and says which fields; with --update it overwrites them', async () => {
    await run();
    await ask(target, 'PATCH', '/app/acme', { name: 'Changed' });
    await ask(target, 'PATCH', '/app/acme/endpoint/main', { url: 'https://changed.example.com/' });
    await ask(target, 'PUT', '/app/acme/endpoint/main/headers', {
      headers: { 'x-other': '2', 'x-api-key': 'by hand' },
    });
    await ask(target, 'POST', '/app/acme/endpoint/main/secret/rotate', { key: null });
    await ask(target, 'PATCH', '/event-type/invoice.paid', { description: 'Changed' });
    const kept = await run();
    expect(kept.counts).toMatchObject({
      'event type': { differs: 1 },
      application: { differs: 1 },
      endpoint: { differs: 1 },
    });
    expect(kept.notices.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('kept: url, headers, secret'),
    );
    const updated = await run({ update: true });
    expect(updated.counts).toMatchObject({
      'event type': { updated: 1 },
      application: { updated: 1 },
      endpoint: { updated: 1 },
    });
    const after = await contents(target);
    const want = await expected();
    expect(after.applications).toEqual(want.applications);
    expect(after.eventTypes).toEqual(want.eventTypes);
    // A header whose value cannot be read was set by hand and stays.
    const url = 'https://a.example.com/hook';
    const headers = { headers: { 'x-own': '1' }, sensitive: ['x-api-key'] };
    expect(after.endpoints.get(url)).toEqual({ ...want.endpoints.get(url), headers });
  });

  it('migrates one application if asked to', async () => {
    expect((await run({ app: 'acme' })).counts).toMatchObject({
      application: { created: 1 },
      endpoint: { created: 2 },
    });
    await expect(run({ app: 'missing' })).rejects.toThrow('The source has no application missing');
  });

  it('reports an object that the target refuses and goes on with the others', async () => {
    await ask(target, 'POST', '/app', { name: 'Other', uid: 'other' });
    await ask(source, 'POST', '/app', { name: 'Last', uid: 'last' });
    const to = makeNetwork(target);
    const refusing: Runtime = {
      ...to.runtime,
      fetch: async (url, init) =>
        typeof init.body === 'string' && init.body.includes('a.example.com')
          ? new Response('{"code":"validation"}', { status: 422 })
          : to.runtime.fetch(url, init),
    };
    const report = await run({ to: { ...to, runtime: refusing } });
    expect(report.failures).toEqual([
      { kind: 'endpoint', name: 'acme/main', text: expect.stringContaining('422') },
    ]);
    expect(report.counts).toMatchObject({ application: { created: 3 }, endpoint: { created: 1, failed: 1 } });
  });
});

describe('a stopped migration', () => {
  it('ends the same after a stop at any request, and looks at no finished application again', async () => {
    const [from, to] = [makeNetwork(source), makeNetwork(target)];
    await run({ from, to });
    const total = from.sent.length + to.sent.length;
    const want = await expected();
    for (let stopAt = 1; stopAt <= total; stopAt += 1) {
      target = await makeClient();
      const journal = () => openJournal(join(folder, `stopped-${stopAt}.jsonl`), false);
      let calls = 0;
      const dead = () => ((calls += 1) >= stopAt ? 'lost' : undefined);
      const stopped = run({
        journal: await journal(),
        from: makeNetwork(source, dead),
        to: makeNetwork(target, dead),
      });
      await expect(stopped).rejects.toThrow('does not answer');
      const report = await run({ journal: await journal() });
      expect(report.failures).toEqual([]);
      expect(await contents(target)).toEqual(want);
    }
  });

  it('skips applications that are finished, and starts again after it was complete', async () => {
    const file = join(folder, 'finished.jsonl');
    const acme = (await ask(source, 'GET', '/app/acme')).id;
    await (await openJournal(file, true)).add(acme);
    const report = await run({ journal: await openJournal(file, false) });
    expect(report).toMatchObject({ skipped: 1, counts: { application: { created: 1 } } });
    expect((await run({ journal: await openJournal(file, false) })).skipped).toBe(0);
  });

  it('reads a journal whose last line was cut short', async () => {
    const file = join(folder, 'cut.jsonl');
    await writeFile(file, '{"application":"app_1"}\n{"applic');
    const journal = await openJournal(file, false);
    expect([...journal.finished]).toEqual(['app_1']);
    await journal.add('app_2');
    expect([...(await openJournal(file, false)).finished]).toEqual(['app_1', 'app_2']);
  });
});

describe('the client of migrate', () => {
  it('creates an object once when the answer to its creation is lost', async () => {
    let posts = 0;
    const to = makeNetwork(target, (call) =>
      to.sent[call - 1]?.method === 'POST' && (posts += 1) === 3 ? 'answer-lost' : undefined,
    );
    expect((await run({ to })).failures).toEqual([]);
    expect(posts).toBe(7);
    expect(await contents(target)).toEqual(await expected());
  });

  it('keeps its rate, and waits as long as a throttled answer says', async () => {
    const from = makeNetwork(source, (call) => (call === 3 ? 'throttled' : undefined));
    await run({ from });
    const times = from.sent.map(({ at }) => at);
    times.slice(1).forEach((at, index) => expect(at - times[index]!).toBeGreaterThanOrEqual(100));
    expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(7_000);
  });

  it.each([401, 403])('stops at once when a token is refused with %i', async (status) => {
    const to = makeNetwork(target);
    const runtime = { ...to.runtime, fetch: () => Promise.resolve(new Response('{}', { status })) };
    await expect(run({ to: { ...to, runtime } })).rejects.toThrow('The target refuses its token');
  });
});
