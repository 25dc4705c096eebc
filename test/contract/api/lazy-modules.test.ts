import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleEntry } from '../../../lib/building-blocks/function-code.ts';
import { makeS3 } from '../../../functions/platform/aws/s3.ts';
import { useEmulator } from '../reads/tables.ts';

/** Functions load the S3 client, Ajv and the YAML parser from files beside their own, which the other suites do not bundle. */

let folder: string;
let environment: NodeJS.ProcessEnv;
const bucket = `lazy-${Date.now()}`;

beforeAll(async () => {
  useEmulator();
  environment = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), 'posthorn-lazy-'));
  bundleEntry('admin', folder, 'none');
  await makeS3().send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string): string =>
  execFileSync(process.execPath, ['-e', script], { cwd: folder, env: environment, encoding: 'utf8' });

it('index.js imports only lazy modules that are beside it', () => {
  const code = readFileSync(join(folder, 'index.js'), 'utf8');
  const imported = [...code.matchAll(/import\("\.\/([\w.-]+)"\)/g)].map(([, name = '']) => name);
  expect(imported.toSorted()).toEqual(['ajv.js', 'payload-objects.s3.js', 'yaml.js']);
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
