import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleEntry } from '../../../lib/building-blocks/function-code.ts';
import { useEmulator, emulatorS3 } from '../emulator.ts';

/** Functions load the S3 client, Ajv and the YAML parser from files beside their own, which the other suites do not bundle. */

let folder: string;
let environment: NodeJS.ProcessEnv;
const bucket = `lazy-${Date.now()}`;

beforeAll(async () => {
  useEmulator();
  environment = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), 'posthorn-lazy-'));
  bundleEntry('admin', folder, 'none');
  await emulatorS3().send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string): string =>
  execFileSync(process.execPath, ['-e', script], { cwd: folder, env: environment, encoding: 'utf8' });

it('index.js imports only lazy modules that are beside it', () => {
  const code = readFileSync(join(folder, 'index.js'), 'utf8');
  const imported = [...code.matchAll(/import\("\.\/([\w.-]+)"\)/g)].map(([, name = '']) => name);
  expect(imported.toSorted()).toEqual(['ajv.js', 'payload-objects.s3.js', 'reference-script.js', 'yaml.js']);
  for (const name of imported) expect(existsSync(join(folder, name)), name).toBe(true);
});

it('the bundled S3 client puts, gets and removes a payload', () => {
  const script = `(async () => {
    const { makePayloadObjects } = await import('./payload-objects.s3.js');
    const objects = makePayloadObjects('${bucket}');
    await objects.put('k', Buffer.from('large'));
    const stored = Buffer.from(await objects.get('k')).toString();
    await objects.remove('k');
    process.stdout.write(stored + ' ' + (await objects.get('k')));
  })();`;
  expect(run(script)).toBe('large null');
});

it('the bundled Ajv compiles a schema', () => {
  const script = `import('./ajv.js').then(({ Ajv, draft7 }) =>
    process.stdout.write(typeof new Ajv().compile({ type: 'object' }) + ' ' + draft7.$id));`;
  expect(run(script)).toBe('function http://json-schema.org/draft-07/schema#');
});

it('the bundled YAML parser reads a document', () => {
  const script = `import('./yaml.js').then(({ parseDocument }) =>
    process.stdout.write(JSON.stringify(parseDocument('a: [1]').toJS())));`;
  expect(run(script)).toBe('{"a":[1]}');
});

it('only query has the script of the API reference, compressed, and it names no server for images', () => {
  const scriptOf = (entry: string): string => {
    const own = mkdtempSync(join(tmpdir(), 'posthorn-reference-'));
    bundleEntry(entry, own, 'none');
    const print = "import('./reference-script.js').then((m) => process.stdout.write(m.REFERENCE_SCRIPT))";
    const options = { cwd: own, env: environment, encoding: 'utf8', maxBuffer: 8_000_000 } as const;
    const text = execFileSync(process.execPath, ['-e', print], options);
    rmSync(own, { recursive: true, force: true });
    return text;
  };
  expect(scriptOf('publish')).toBe('');
  const script = gunzipSync(Buffer.from(scriptOf('query'), 'base64')).toString();
  expect(script).toContain('Redoc');
  expect(script).not.toContain('cdn.redoc.ly');
});
