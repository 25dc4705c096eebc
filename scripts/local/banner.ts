import { FIRST_APPLICATION } from './first-message.ts';
import type { LocalStack } from './local-file.ts';
import type { Received } from './receiver/receiver-log.ts';

const SHOWN = /^(content-type|user-agent|(svix|webhook)-.*)$/i;

/** The received webhook as text for the terminal. */
export const describeDelivery = (delivery: Received): string => {
  const headers = delivery.headers
    .filter(([name]) => SHOWN.test(name))
    .map(([name, value]) => `    ${name}: ${value}`);
  return [
    '',
    '  A webhook arrived, and the SDK verified its signature:',
    '',
    `    ${delivery.method} ${delivery.url}`,
    ...headers,
    '',
    `    ${delivery.text}`,
  ].join('\n');
};

const curl = (local: LocalStack, path: string, body: object) =>
  [
    `    curl -X POST ${local.serverUrl}/api/v1/app/${FIRST_APPLICATION}/${path} \\`,
    `      -H 'Authorization: Bearer ${local.token}' \\`,
    `      -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ].join('\n');

const sdkSnippet = (local: LocalStack) =>
  [
    "    import { Svix } from 'svix';",
    `    const svix = new Svix('${local.token}', { serverUrl: '${local.serverUrl}' });`,
    `    await svix.message.create('${FIRST_APPLICATION}', { eventType: 'invoice.paid', payload: { id: 'inv_2' } });`,
  ].join('\n');

/** The URLs, token and copyable examples that `npm start` prints. */
export const describeStack = (local: LocalStack): string => `
  Posthorn is ready.

    API            ${local.serverUrl}   (the server URL of every Svix SDK)
    Organization   ${local.organizationId}
    Token          ${local.token}
    Receiver       ${local.receiverUrl}   (its URLs script the answers: docs/receiver.md)
    Portal         ${local.portalUrl}
                   (what a customer sees: the endpoint, and the delivery above)
    For programs   .posthorn/local.json

  Publish from your own code:

${sdkSnippet(local)}

  Publish with curl:

${curl(local, 'msg', { eventType: 'invoice.paid', payload: { id: 'inv_3' } })}

  See retries: create an endpoint that fails twice for each message (or status=503, delay=2000, hang-up=body), then publish.

${curl(local, 'endpoint', { url: `${local.receiverUrl}/flaky?flap=2` })}
`;
