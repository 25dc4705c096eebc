import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../scripts/local/free-port.ts';
import { modulesDir, projectDir } from '../../../scripts/local/paths.ts';
import { programsIn } from '../../support/guide-programs.ts';

/** `npm start -- --detach` on the emulator of the tests, the commands and programs of README and guides on it, `npm stop`. */
const run = promisify(execFile);
let folder: string;
let environment: NodeJS.ProcessEnv;
let port: number;

const npm = async (...args: string[]): Promise<string> =>
  (await run('npm', args, { cwd: projectDir, env: environment, maxBuffer: 10_000_000 })).stdout;

const local = async (): Promise<Record<string, string>> =>
  JSON.parse(await readFile(join(folder, 'private', 'local.json'), 'utf8')) as Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-start-'));
  await symlink(modulesDir, join(folder, 'node_modules'));
  const { awsEndpointUrl, receiverHost } = inject('stack');
  port = await freePort();
  environment = {
    ...process.env,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    POSTHORN_RECEIVER_HOST: receiverHost,
    POSTHORN_PRIVATE_DIR: join(folder, 'private'),
  };
});
afterAll(async () => {
  await npm('stop').catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program of a guide with the settings that the guide names, as its reader would. */
const program = async (page: string, name: string): Promise<string> => {
  const text = programsIn(page)
    .get(name)!
    // The folder of the stack that a reader has; here it is another one.
    .replaceAll("'.posthorn/local.json'", 'process.env.POSTHORN_FILE');
  await writeFile(join(folder, name), text);
  const env = { ...environment, POSTHORN_FILE: join(folder, 'private', 'local.json') };
  return (await run(process.execPath, [name], { cwd: folder, env })).stdout;
};

describe('npm start -- --detach', () => {
  it('returns when the first webhook has arrived, beside the stack of the tests', async () => {
    const output = await npm('start', '--', '--detach', '--port', String(port));
    expect(output).toContain('A webhook arrived, and the SDK verified its signature');
    expect(output).toContain('Posthorn is ready');
    expect(output).toContain('npm stop');
    expect(await local()).toMatchObject({ serverUrl: `http://127.0.0.1:${port}`, stage: 'local' });
    await expect(npm('start', '--', '--detach')).rejects.toThrow('already running');
  });

  it.each([
    ['README.md', 'quickstart.mjs', /^accepted msg_/],
    ['docs/guides/first-webhook.md', 'publish.mjs', /^accepted msg_/],
    // Again, as often as its reader likes.
    ['docs/guides/first-webhook.md', 'publish.mjs', /^accepted msg_/],
    ['docs/guides/first-webhook.md', 'portal-link.mjs', /\/portal\/login#key=/],
    ['docs/guides/test-in-your-ci.md', 'publish.test.mjs', /^delivered at the second attempt/],
  ])('runs the program of %s: %s', async (page, name, printed) => {
    expect(await program(page, name)).toMatch(printed);
  });

  it.each([
    [['run', '--silent', 'token'], /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/],
    [['run', '--silent', 'token', '--', '--management', '--expires', '90d'], /^eyJ/],
    [['run', '--silent', 'token', '--', '--org', 'org_yourOwn', '--stage', 'local'], /^eyJ/],
    [['run', '--silent', 'dlq', '--', 'list', '--stage', 'local'], /delivery +0 dead letters/],
    [['run', '--silent', 'dlq', '--', 'replay', 'delivery', '--dry-run', '--stage', 'local'], /./],
    [['run', '--silent', 'reconcile', '--', '--since', '24h', '--stage', 'local'], /./],
    [['run', '--silent', 'rebuild', '--', '--stage', 'local'], /./],
  ])('serves the command npm %j', async (args, printed) => {
    expect(await npm(...args)).toMatch(printed);
  });

  it('ends with npm stop, which leaves nothing behind', async () => {
    expect(await npm('stop')).toContain('nothing is left running');
    expect(existsSync(join(folder, 'private', 'local.json'))).toBe(false);
    await expect(fetch(`http://127.0.0.1:${port}/api/v1/health`)).rejects.toThrow();
    expect(await npm('stop')).toContain('No stack is running');
  });
});
