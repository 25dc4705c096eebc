import { beforeAll, describe, expect, inject, it } from 'vitest';
import { readClientFields } from '../../../scripts/compatibility/fields.ts';
import { freshTenant } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import { serverUrls } from '../../support/server-urls.ts';
import { hookUrl, receiver } from '../../support/receiver.ts';
import { pythonWith, runPython } from '../../python/environment.ts';
import type { PythonEnvironment } from '../../python/environment.ts';

/** The newest version when this was written. Its models are stricter than those of the other clients. */
const CLIENT = 'svix==2.9.1';

/** The operations that walk.py must have called: all that are implemented. */
const OPERATIONS = {
  application: 'create delete get get_or_create list patch upsert',
  authentication: 'app_portal_access expire_all logout',
  background_task: 'get list',
  endpoint:
    'bulk_replay create delete get get_attempt_stats get_headers get_secret get_stats list patch patch_headers ' +
    'recover replay_missing rotate_secret send_example set_headers upsert',
  environment: 'export import_',
  event_type: 'create delete get import_openapi list patch upsert',
  health: 'get',
  message: 'bulk_expunge_content create expunge_all_contents expunge_content get list precheck',
  message_attempt:
    'expunge_content get list_attempted_destinations list_attempted_messages list_by_endpoint list_by_msg resend',
  'operational_webhook.endpoint':
    'create delete get get_headers get_secret list rotate_secret set_headers upsert',
  statistics: 'aggregate_app_stats aggregate_event_types',
};
const expected = Object.entries(OPERATIONS).flatMap(([resource, methods]) =>
  methods.split(' ').map((method) => `${resource}.${method}`),
);

describe(`PyPI ${CLIENT}`, () => {
  let client: PythonEnvironment;
  beforeAll(async () => {
    client = await pythonWith(CLIENT);
  });

  it('declares exactly the fields that docs/compatibility.md lists', async ({ skip }) => {
    if (client.kind === 'missing') return skip(client.why);
    const declared: unknown = JSON.parse(await runPython(client.python, 'fields.py', []));
    expect(declared).toEqual(await readClientFields());
  });

  it.for(serverUrls())('calls every operation through the $name', async ({ name, serverUrl }, { skip }) => {
    if (client.kind === 'missing') return skip(client.why);
    const { token, settings } = await freshTenant();
    await settings({ retrySchedule: [600] });
    const hook = hookUrl(`/python/${encodeURIComponent(name)}`);
    const called = await runPython(client.python, 'walk.py', [
      serverUrl,
      token,
      inject('stack').receiverUrl,
      hook,
    ]);
    expect(JSON.parse(called)).toEqual(expected);
  });

  it('reads a canceled delivery, as failed without expanded_statuses', async ({ skip }) => {
    if (client.kind === 'missing') return skip(client.why);
    const sender = await freshSender({ retrySchedule: [1] });
    const app = await sender.ask('GET', '/app/acme');
    const endpoint = await sender.endpoint('ep', '/python-canceled?status=500&hold=python-canceled');
    const id = String((await sender.publish())['id']);
    await sender.received(id);
    await sender.ask('PATCH', '/app/acme/endpoint/ep', { disabled: true });
    await receiver().release('python-canceled');
    await sender.attempts(id, 2);
    const [{ serverUrl } = { serverUrl: '' }] = serverUrls();
    await runPython(client.python, 'canceled.py', [
      ...[serverUrl, sender.token, String(app['id']), String(endpoint['id']), id],
    ]);
  });
});
