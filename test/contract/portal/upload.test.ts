import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import { pageFiles } from '../../../lib/constructs/portal/page-files.ts';
import { accessRequests } from '../../support/permissions/iam-actions.ts';
import { tapCalls } from '../../support/tap-calls.ts';
import { emulatorS3 } from '../emulator.ts';

/** Runs the function that uploads the page, which stages with CloudFront alone have, on a bucket of the emulator. */
const bucket = `portal-${randomUUID()}`;
const answers: Record<string, unknown>[] = [];
const actions = new Set<string>();
Object.assign(process.env, {
  ...{ AWS_ENDPOINT_URL: inject('awsEndpoint'), AWS_REGION: 'us-east-1' },
  ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  ...{ STAGE: 'contract', LOG_LEVEL: 'SILENT', POWERTOOLS_DEV: 'true' },
  STAGE_SETTINGS: JSON.stringify({ ...DEFAULT_SETTINGS, stageSubnets: [] }),
  ...{ PORTAL_BUCKET: bucket, PORTAL_CONFIG: '{"apiUrl":null}' },
  PORTAL_FILES: JSON.stringify(pageFiles()),
});
const s3 = emulatorS3();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answers.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
    response.end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  tapCalls(({ service, operation, input }, make) => {
    for (const { action } of accessRequests(service, operation, input)) actions.add(action);
    return make();
  }, s3);
});
afterAll(() => server.close());

const send = async (RequestType: 'Create' | 'Update' | 'Delete'): Promise<void> => {
  const { handler } = await import('../../../functions/portal-host/portal-upload.lambda.ts');
  const event = {
    RequestType,
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ...{ StackId: 'stack', RequestId: randomUUID(), LogicalResourceId: 'PortalPage' },
  };
  await handler(event as unknown as CloudFormationCustomResourceEvent, {} as Context);
};

const objects = async (): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
};

const read = async (Key: string) => {
  const { Body, ContentType, CacheControl } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return { text: await Body?.transformToString(), ContentType, CacheControl };
};

describe('a deployment', () => {
  it('uploads every file of the page with its type, and config.json', async () => {
    await send('Create');
    expect(answers.at(-1)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'PortalPage' });
    expect(await objects()).toEqual([...pageFiles().map(({ path }) => path), 'config.json'].sort());
    expect(await read('config.json')).toEqual({
      text: '{"apiUrl":null}',
      ContentType: 'application/json',
      CacheControl: 'no-cache',
    });
    const script = pageFiles().find(({ path }) => /^assets\/.*\.js$/.test(path))!;
    expect(await read(script.path)).toMatchObject({
      ContentType: 'text/javascript; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
    });
  });

  it('makes the start page find its files from every path of the domain', async () => {
    const { text, ContentType, CacheControl } = await read('index.html');
    expect(text).toContain('<base href="/"');
    expect({ ContentType, CacheControl }).toEqual({
      ContentType: 'text/html; charset=utf-8',
      CacheControl: 'no-cache',
    });
  });

  it('keeps the files of the build before, which open pages may still load', async () => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'assets/of-the-build-before.js', Body: '1' }));
    await send('Update');
    expect(await objects()).toContain('assets/of-the-build-before.js');
  });

  it('empties the bucket before CloudFormation deletes it, also a second time', async () => {
    await send('Delete');
    expect(await objects()).toEqual([]);
    await send('Delete');
    expect(answers.at(-1)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('uses no other permissions than those of its role', () => {
    expect([...actions].sort()).toEqual(['s3:DeleteObject', 's3:ListBucket', 's3:PutObject']);
  });
});
