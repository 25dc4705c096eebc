import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../functions/api/operations.ts';
import { managementToken } from '../../../scripts/local/tokens.ts';
import { pythonWith } from '../../python/environment.ts';
import type { PythonEnvironment } from '../../python/environment.ts';
import { SCHEMATHESIS, runSchemathesis } from './schemathesis.ts';
import type { Run } from './schemathesis.ts';
import { seed } from './seeded.ts';
import { serveApi } from './served-api.ts';
import type { ServedApi } from './served-api.ts';

let environment: PythonEnvironment;
let api: ServedApi;
beforeAll(async () => {
  environment = await pythonWith(SCHEMATHESIS);
  if (environment.kind === 'missing') return;
  api = await serveApi();
});
afterAll(async () => {
  if (environment.kind === 'ready') await api.close();
});

const ALL_PHASES = 'examples,coverage,fuzzing';
/** Operations that would delete the objects that paths name, or end the token; with generated ids they are called too. */
const KEEP_SEEDED = [
  ...['v1.application.delete', 'v1.endpoint.delete', 'v1.event-type.delete'],
  ...['v1.message.expunge-content', 'v1.message-attempt.expunge-content'],
  'v1.operational-webhook.endpoint.delete',
  ...['v1.authentication.logout', 'v1.authentication.expire-all', 'v1.authentication.one-time-token'],
].flatMap((id) => ['--exclude-operation-id', id]);

const ready = (skip: (why: string) => never): string =>
  environment.kind === 'missing' ? skip(environment.why) : environment.python;

/** Documented operations that never succeeded, apart from excluded ones and those of the management API. */
const withoutSuccess = (excluded: readonly string[]): readonly string[] => {
  const answers = [...api.takeAnswers()];
  return operations
    .filter(
      ({ hidden, auth, operationId }) =>
        hidden !== true && auth !== 'management' && !excluded.includes(operationId),
    )
    .filter(({ method, path }) => !answers.some((one) => one.startsWith(`${method} ${path} 2`)))
    .map(({ operationId }) => operationId);
};

describe(`PyPI ${SCHEMATHESIS} (5xx, undocumented status, response against its schema)`, () => {
  const check = async (python: string, run: Omit<Run, 'url'>) => {
    const { findings, cases } = await runSchemathesis(python, { url: api.url, ...run });
    expect(findings).toBeNull();
    expect(api.takeFaults()).toEqual([]);
    return cases;
  };

  it('finds no fault for an organization with generated ids', async ({ skip }) => {
    const python = ready(skip);
    const seeded = await seed(api);
    const run = {
      token: seeded.organizationToken,
      phases: 'examples,fuzzing',
      examples: 10,
      options: [],
    };
    expect(await check(python, run)).toBeGreaterThan(200);
  });

  it('finds no fault for an organization at existing objects, where every called operation succeeds at least once', async ({
    skip,
  }) => {
    const python = ready(skip);
    const options = KEEP_SEEDED;
    const seeded = await seed(api);
    const run = {
      token: seeded.organizationToken,
      phases: ALL_PHASES,
      examples: 5,
      parameters: seeded.ids,
      parametersIn: seeded.idsIn,
      options,
    };
    api.takeAnswers();
    expect(await check(python, run)).toBeGreaterThan(1_000);
    expect(withoutSuccess(options)).toEqual([]);
  });

  it('finds no fault for an application at existing objects', async ({ skip }) => {
    const python = ready(skip);
    const options = KEEP_SEEDED;
    const seeded = await seed(api);
    const run = {
      token: seeded.applicationToken,
      phases: 'examples,fuzzing',
      examples: 10,
      parameters: seeded.ids,
      parametersIn: seeded.idsIn,
      options,
    };
    expect(await check(python, run)).toBeGreaterThan(200);
  });

  it('finds no fault in the management API of a stage', async ({ skip }) => {
    const python = ready(skip);
    const [secret] = await api.deps.keys.current();
    const token = await managementToken(secret!, new Date());
    const options = ['--include-path-regex', '^/management/'];
    expect(await check(python, { token, phases: ALL_PHASES, examples: 10, options })).toBeGreaterThan(100);
  });

  it('finds a 500, an undocumented status, content type and body on a broken server', async ({ skip }) => {
    const python = ready(skip);
    await using server = await brokenServer();
    const { findings } = await runSchemathesis(python, {
      url: server.url,
      token: 'any',
      phases: ALL_PHASES,
      examples: 1,
    });
    for (const finding of [
      'Server error',
      'Undocumented status code',
      'Undocumented Content-Type',
      'Response violates schema',
    ])
      expect(findings).toContain(finding);
  });
});

/** Each path violates the document in another way. */
const brokenServer = async () => {
  const content = { 'application/json': { schema: { type: 'object', required: ['id'] } } };
  const described = {
    get: { responses: { 200: { description: 'Done', content }, 500: { description: 'Fault' } } },
  };
  const answers: Readonly<Record<string, [number, string, string]>> = {
    '/fault': [500, 'application/json', '{}'],
    '/status': [418, 'application/json', '{}'],
    '/type': [200, 'text/html', 'x'],
    '/body': [200, 'application/json', '[]'],
  };
  const document = {
    openapi: '3.1.0',
    info: { title: 'Broken', version: '1' },
    paths: Object.fromEntries(Object.keys(answers).map((path) => [path, described])),
  };
  const server = createServer((request, response) => {
    const [status, type, body] = answers[request.url ?? ''] ?? [
      200,
      'application/json',
      JSON.stringify(document),
    ];
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
    return Promise.resolve();
  };
  return { url, [Symbol.asyncDispose]: close };
};
