import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { CreateSecretCommandInput, CreateSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { CreateQueueCommandInput, CreateQueueCommandOutput } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Deps } from '../../../functions/api/deps.ts';
import { requestFrom } from '../../../functions/api/gateway-event.ts';
import { makeRouter } from '../../../functions/api/router.ts';
import type { Router } from '../../../functions/api/router.ts';
import { makeSendTest } from '../../../functions/deliver/test-attempt.flow.ts';
import { wireApi } from '../../../functions/api/api.wiring.ts';
import { freshTable } from '../reads/tables.ts';
import { SETTINGS } from '../../support/simulation/builders.ts';
import { raw } from '../../support/raw-calls.ts';
import { emulatorDynamo, emulatorS3, emulatorSqs, emulatorSecretsManager } from '../emulator.ts';

/** The HTTP API in this process, with the adapters of the deployed functions over new tables. */
export interface ServedApi {
  readonly url: string;
  readonly deps: Deps;
  readonly tables: { readonly deliveries: string; readonly views: string };
  /** Faults logged since the last call. */
  readonly takeFaults: () => readonly string[];
  /** Answers since the last call, such as `GET /api/v1/app/{app_id} 200`. */
  readonly takeAnswers: () => ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

/** A fuzzer sends headers longer than Node's limit of 16 KB. */
const MAX_HEADER_BYTES = 1_048_576;

const makeState = async () => {
  const client = emulatorDynamo();
  const [catalog, messages, deliveries, views, control] = await Promise.all(
    Array.from({ length: 5 }, () => freshTable(client)),
  );
  const name = `api-${randomUUID()}`;
  await emulatorS3().send(new CreateBucketCommand({ Bucket: name }));
  const secret = { Name: name, SecretString: JSON.stringify({ current: randomBytes(24).toString('hex') }) };
  const { ARN } = await emulatorSecretsManager().send(
    raw<CreateSecretCommandInput, CreateSecretCommandOutput>('Secrets Manager', 'CreateSecret', secret),
  );
  const { QueueUrl } = await emulatorSqs().send(
    raw<CreateQueueCommandInput, CreateQueueCommandOutput>('SQS', 'CreateQueue', { QueueName: name }),
  );
  return {
    variables: {
      STAGE: 'test',
      PORTAL_URL: '',
      STAGE_SETTINGS: JSON.stringify({ ...SETTINGS, stageSubnets: [] }),
      JWT_SECRET_ARN: ARN!,
      MAIN_SECRET_ARN: ARN!,
      CATALOG_TABLE: catalog!,
      MESSAGES_TABLE: messages!,
      DELIVERIES_TABLE: deliveries!,
      VIEWS_TABLE: views!,
      CONTROL_TABLE: control!,
      PAYLOADS_BUCKET: name,
      DELIVERY_QUEUE_URL: QueueUrl!,
      TASK_QUEUE_URL: QueueUrl!,
    },
  };
};

/** The event that an HTTP API passes to its function. */
const eventOf = (request: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 => {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: query.join('?'),
    headers: Object.fromEntries(headers) as Record<string, string>,
    requestContext: { http: { method: request.method ?? 'GET' } },
    body: body.toString('base64'),
    isBase64Encoded: true,
  } as APIGatewayProxyEventV2;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const serve = async ({ fetch }: Router, request: IncomingMessage, response: ServerResponse) => {
  const answer = await fetch(requestFrom(eventOf(request, await bodyOf(request))));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
};

export const serveApi = async (): Promise<ServedApi> => {
  const { variables } = await makeState();
  Object.assign(process.env, variables);
  const faults: string[] = [];
  const answers = new Set<string>();
  const log: Deps['log'] = {
    info: (_, { method, route, status }) =>
      void answers.add(`${String(method)} ${String(route)} ${String(status)}`),
    error: (message, { error, ...fields }) =>
      void faults.push(
        `${message} ${JSON.stringify(fields)} ${error instanceof Error ? error.stack : String(error)}`,
      ),
  };
  const wired = await wireApi();
  // Generated endpoints are at random hosts, which no test may reach.
  const sendTest = makeSendTest({
    ...{ reserve: async () => true, signingKeys: wired.signingKeys, ids: wired.ids, now: wired.now },
    outbound: {
      send: async () => ({
        ...{ kind: 'error', cause: 'dns_not_found', message: 'not sent', status: 0 },
        ...{ durationMs: 1, repeated: false },
      }),
    },
  });
  const deps: Deps = { ...wired, sendTest, log };
  const router = makeRouter(deps);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    serve(router, request, response).catch((error: unknown) => {
      log.error('request failed before its operation', { url: request.url, error });
      response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deps,
    tables: { deliveries: variables.DELIVERIES_TABLE, views: variables.VIEWS_TABLE },
    takeFaults: () => faults.splice(0),
    takeAnswers: () => {
      const taken = new Set(answers);
      answers.clear();
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
