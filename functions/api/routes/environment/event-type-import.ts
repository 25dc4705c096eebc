import type { ImportedEventType } from '../../../catalog/event-types/import-event-types.flow.ts';
import {
  archiveAll,
  checkImport,
  planImport,
  writeImport,
} from '../../../catalog/event-types/import-event-types.flow.ts';
import { schemasProblem } from '../../../catalog/event-types/json-schema.ts';
import { documentSizeProblem } from '../../../catalog/event-types/openapi/document-size.domain.ts';
import { parseDocument } from '../../../catalog/event-types/openapi/parse-document.ts';
import { readEventTypes } from '../../../catalog/event-types/openapi/read-event-types.domain.ts';
import type { DescribedEventType } from '../../../catalog/event-types/openapi/read-event-types.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';
import { MOST_FEATURE_FLAGS, TEXT_BYTES } from '../../../platform/limits/requests.domain.ts';
import { Refusal, invalid } from '../../errors.ts';
import { NAME_RULE, isName } from '../../../platform/wire/fields.ts';
import { organizationOperation, tagged } from '../../operation.ts';
import { importIn, importOut, printDescribed } from '../../schemas/event-type-import.ts';
import type { ValueOf } from '../../wire/component.ts';

type Body = ValueOf<typeof importIn>;

const ONE_OF_BOTH = 'Send the document as `spec` (an object) or as `specRaw` (text): one of them, not both.';
const OUT_OF_TIME = `Checking the new schemas takes more than ${IMPORT_LIMITS.checkMs / 1_000} s: import fewer at once`;

/** The error at a place of the document. */
const documentError = ({ spec }: Body, path: readonly string[], message: string) => {
  const field = spec == null ? 'spec_raw' : 'spec';
  return invalid(
    ['body', field, ...path.slice(0, 20).map((name) => name.slice(0, 100))],
    `${[field, ...path].join('.')}: ${message}`.slice(0, 1_000),
  );
};

const parsed = async (body: Body): Promise<unknown> => {
  if (body.spec != null) {
    const value: unknown = JSON.parse(body.spec.text);
    const tooLarge = documentSizeProblem(value);
    if (tooLarge !== undefined) throw documentError(body, [], tooLarge);
    return value;
  }
  const found = await parseDocument(body.specRaw ?? '');
  if (found.kind === 'problem') throw documentError(body, [], found.message);
  return found.value;
};

/** What is wrong with an event type by the rules of POST /event-type; undefined: nothing. */
const problemOf = ({
  name,
  description,
  featureFlags,
  groupName,
}: DescribedEventType): string | undefined => {
  if (!isName(name)) return `is not the name of an event type: ${NAME_RULE}`;
  if (/[\u0000-\u0008]/.test(description) || Buffer.byteLength(description) > TEXT_BYTES)
    return `its description must have at most ${TEXT_BYTES} bytes and no control characters`;
  const names = [...(featureFlags ?? []), ...(groupName === null ? [] : [groupName])];
  if ((featureFlags?.length ?? 0) > MOST_FEATURE_FLAGS)
    return `at most ${MOST_FEATURE_FLAGS} feature flags are allowed`;
  return names.every(isName) ? undefined : `feature flags and the group are names: ${NAME_RULE}`;
};

const describedIn = async (body: Body): Promise<readonly DescribedEventType[]> => {
  const read = readEventTypes(await parsed(body));
  if (read.kind === 'problem') throw documentError(body, read.path, read.message);
  for (const one of read.eventTypes) {
    const problem = problemOf(one);
    if (problem !== undefined) throw documentError(body, one.path, problem);
  }
  return read.eventTypes;
};

const importedOf = ({ path: _path, featureFlags, groupName, ...described }: DescribedEventType) => ({
  ...described,
  archived: false,
  ...(featureFlags !== null && { featureFlags }),
  ...(groupName !== null && { groupName }),
});

/** Prints what a dry run would write; schemas only as far as a response can hold them. */
const printAll = (changed: readonly ImportedEventType[]) => {
  let bytes = 0;
  return changed.map((one) => {
    bytes += one.schemas?.length ?? 0;
    return printDescribed(one, bytes <= IMPORT_LIMITS.printedBytes);
  });
};

const importOpenApi = organizationOperation({
  operationId: 'v1.event-type.import-openapi',
  method: 'POST',
  path: '/api/v1/event-type/import/openapi',
  summary: 'Create and update event types from the webhooks and callbacks of an OpenAPI document',
  body: importIn,
  responses: () => ({ 200: importOut() }),
  handle: async ({ deps, orgId, body, nowMs }) => {
    if ((body.spec == null) === (body.specRaw == null)) throw new Refusal('generic_error', ONE_OF_BOTH);
    const described = await describedIn(body);
    const imported = described.map(importedOf);
    const { changed, absent } = await planImport(deps.eventTypes, orgId, imported);
    const problem = await checkImport(changed, schemasProblem, deps.now);
    if (problem === 'out-of-time') throw new Refusal('limit_reached', OUT_OF_TIME);
    if (problem !== undefined) {
      const place = described.find(({ name }) => name === problem.name)?.path ?? [];
      throw documentError(body, place, problem.message);
    }
    const archived = body.replaceAll ? absent : [];
    const modified = [...changed.map(({ name }) => name), ...archived].toSorted();
    if (body.dryRun) return { status: 200, body: { data: { modified, to_modify: printAll(changed) } } };
    await writeImport(deps.eventTypes, orgId, changed, nowMs);
    await archiveAll(deps.eventTypes, orgId, archived, nowMs);
    return { status: 200, body: { data: { modified } } };
  },
});

export const eventTypeImportOperations = tagged('Event Type', [importOpenApi]);
