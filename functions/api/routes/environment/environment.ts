import * as z from 'zod';
import {
  checkImport,
  planImport,
  storedEventTypes,
  writeImport,
} from '../../../catalog/event-types/import-event-types.flow.ts';
import { schemasProblem } from '../../../catalog/event-types/json-schema.ts';
import type { OrgId } from '../../../platform/ids/brand.domain.ts';
import { BODY_BYTES } from '../../../platform/limits/requests.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';
import type { Deps } from '../../deps.ts';
import { exportedSettings, importedSettings } from '../../settings/environment-settings.ts';
import { Refusal, invalid } from '../../errors.ts';
import { organizationOperation, tagged } from '../../operation.ts';
import { environmentIn, environmentOut } from '../../schemas/environment.ts';
import { eventTypeFields, printEventType } from '../../schemas/event-type.ts';
import { mustFitRetention } from '../../settings/settings-rules.ts';
import { RawJson, instant, stringify } from '../../wire/json.ts';
import type { ValueOf } from '../../wire/component.ts';

const VERSION = 1;
const TOO_LARGE =
  `An export has at most ${IMPORT_LIMITS.eventTypes} event types and 2 MiB, as much as an import takes. List event types ` +
  'with GET /api/v1/event-type?with_content=true&include_archived=true.';

/** All event types as printed, archived ones too. Throws Refusal for more than an import takes. */
const allEventTypes = async (deps: Deps, orgId: OrgId) => {
  const all: ReturnType<typeof printEventType>[] = [];
  let bytes = 0;
  for await (const eventType of storedEventTypes(deps.eventTypes, orgId)) {
    const printed = printEventType(eventType, true);
    all.push(printed);
    bytes += Buffer.byteLength(stringify(printed));
    if (all.length > IMPORT_LIMITS.eventTypes || bytes > BODY_BYTES)
      throw new Refusal('limit_reached', TOO_LARGE);
  }
  return all;
};

const exportEnvironment = organizationOperation({
  operationId: 'v1.environment.export',
  method: 'POST',
  path: '/api/v1/environment/export',
  summary: 'Export the event types and settings of an organization',
  responses: () => ({ 200: environmentOut() }),
  // A read: repeated, it is answered anew, and nothing is stored under an idempotency key.
  repeatOf: () => Promise.resolve(undefined),
  handle: async ({ deps, orgId, nowMs }) => {
    const eventTypes = await allEventTypes(deps, orgId);
    const settings = exportedSettings(await deps.settings.overrides(orgId));
    return {
      status: 200,
      body: {
        version: VERSION,
        createdAt: instant(nowMs),
        eventTypes,
        settings: new RawJson(JSON.stringify(settings)),
        connectors: [],
      },
    };
  },
});

type Body = ValueOf<typeof environmentIn>;
const anyValues = z.record(z.string(), z.unknown());

const settingsChanges = async (deps: Deps, orgId: OrgId, { settings }: Body) => {
  if (settings == null) return { changes: {}, ignored: [] };
  const { portal = null } = await deps.settings.overrides(orgId);
  const values = anyValues.parse(JSON.parse(settings.text));
  const read = importedSettings(values, portal);
  if (read.kind === 'invalid')
    throw invalid(['body', 'settings', read.name], `settings.${read.name}: ${read.message}`);
  mustFitRetention(deps, read.changes.retrySchedule, ['body', 'settings', 'retrySchedule']);
  return read;
};

const mustBeSchemas = async (
  deps: Deps,
  changed: Parameters<typeof checkImport>[0],
  places: readonly { readonly name: string }[],
): Promise<void> => {
  const problem = await checkImport(changed, schemasProblem, deps.now);
  if (problem === undefined) return;
  if (problem === 'out-of-time')
    throw new Refusal('limit_reached', 'Too many new schemas: import fewer at once');
  const index = places.findIndex(({ name }) => name === problem.name);
  throw invalid(
    ['body', 'event_types', String(index), 'schemas'],
    `${problem.name}: schemas: ${problem.message}`,
  );
};

const importEnvironment = organizationOperation({
  operationId: 'v1.environment.import',
  method: 'POST',
  path: '/api/v1/environment/import',
  summary: 'Add and update the event types and settings of an export; deletes nothing',
  body: environmentIn,
  responses: () => ({ 204: null }),
  handle: async ({ deps, orgId, body, nowMs }) => {
    const given = body.eventTypes ?? [];
    const imported = given.map((one) => ({ name: one.name, ...eventTypeFields(one) }));
    const { changes, ignored } = await settingsChanges(deps, orgId, body);
    const { changed } = await planImport(deps.eventTypes, orgId, imported);
    await mustBeSchemas(deps, changed, given);
    await writeImport(deps.eventTypes, orgId, changed, nowMs);
    if (Object.keys(changes).length > 0) await deps.settings.change(orgId, changes);
    const all = [...ignored, ...((body.connectors ?? []).length > 0 ? ['connectors'] : [])];
    if (all.length === 0) return { status: 204 };
    deps.log.info('import ignored parts of an environment', { ignored: all });
    return { status: 204, headers: { 'import-ignored': printable(all) } };
  },
});

/** Names as a header: only those that it can hold. */
const printable = (names: readonly string[]): string =>
  names
    .filter((name) => /^[\w.-]{1,64}$/.test(name))
    .slice(0, 50)
    .join(', ');

export const environmentOperations = tagged('Environment', [exportEnvironment, importEnvironment]);
