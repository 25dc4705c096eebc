import type { CompiledSchemas, SchemaViolation } from '../../catalog/event-types/json-schema.ts';
import type { Tenant } from '../../catalog/catalog.port.ts';
import { OUT_OF_TIME, runWithin } from '../../platform/concurrency/run-within.ts';
import { SCHEMA_CHECK_MS } from '../../platform/limits/schemas.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { MessageContent } from '../messages.port.ts';

/** Violations of the event type's schema: of a message that is refused, or of one that is accepted with a warning. */
export interface PayloadResult {
  readonly refused: boolean;
  readonly violations: readonly SchemaViolation[];
}

export const CONFORMS: PayloadResult = { refused: false, violations: [] };

/** Checks payloads of one request, whose checks share a time limit. Costs nothing where the setting is off. */
export type CheckPayloads = (tenant: Tenant) => (content: MessageContent) => Promise<PayloadResult>;

/** No check at all. */
export const acceptAll: CheckPayloads = () => () => Promise.resolve(CONFORMS);

/**
 * The compiled schemas of an event type; undefined: it has none. Throws if they cannot be read; `unusable` if they could not
 * be compiled in time.
 */
export type FindSchemas = (
  tenant: Tenant,
  eventType: string,
) => Promise<CompiledSchemas | 'unusable' | undefined>;

export interface ReportedViolation {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly eventType: string;
  readonly refused: boolean;
  readonly violations: readonly SchemaViolation[];
}

export interface CheckPayloadDeps {
  readonly schemas: FindSchemas;
  readonly now: () => number;
  /** Counts and logs a payload that violates its schema. */
  readonly report: (violation: ReportedViolation) => void;
}

const violation = (message: string): readonly SchemaViolation[] => [{ path: [], message }];

const NOT_JSON = violation('is not JSON, but the event type has a JSON Schema');
const UNUSABLE = violation('was not checked: the schemas of its event type are too large or cannot be read');
const TOO_SLOW = violation(
  `was not checked within ${SCHEMA_CHECK_MS.payload} ms: simplify patterns, uniqueItems or anyOf of the schema`,
);

const violationsOf = (
  schemas: CompiledSchemas,
  body: Uint8Array,
  limitMs: number,
): readonly SchemaViolation[] => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return NOT_JSON;
  }
  try {
    const found = runWithin(limitMs, () => schemas.violations(value));
    return found === OUT_OF_TIME ? TOO_SLOW : found;
  } catch {
    return TOO_SLOW; // a schema that refers to itself exhausted the stack
  }
};

/**
 * Checks payloads against the JSON Schemas of their event types, if the organization's setting says so. A payload that could
 * not be checked counts as a violation: refused by `reject`, a warning by `warn`. Messages to one endpoint alone (examples)
 * are not checked.
 */
export const makeCheckPayloads = ({ schemas, now, report }: CheckPayloadDeps): CheckPayloads => {
  const find = async (tenant: Tenant, eventType: string) => {
    try {
      return await schemas(tenant, eventType);
    } catch (error) {
      if (tenant.settings.schemaValidation === 'reject') throw error;
      return 'unusable';
    }
  };

  return (tenant) => {
    const { settings, application } = tenant;
    let leftMs: number = SCHEMA_CHECK_MS.request;
    return async (content) => {
      if (settings.schemaValidation === 'off' || content.onlyEndpoint !== null) return CONFORMS;
      const found = await find(tenant, content.eventType);
      if (found === undefined) return CONFORMS;
      const startedAt = now();
      const violations =
        found === 'unusable'
          ? UNUSABLE
          : leftMs <= 0
            ? TOO_SLOW
            : violationsOf(found, content.body, Math.min(leftMs, SCHEMA_CHECK_MS.payload));
      leftMs -= now() - startedAt;
      if (violations.length === 0) return CONFORMS;
      const refused = settings.schemaValidation === 'reject';
      const { orgId, id: appId } = application;
      report({ orgId, appId, eventType: content.eventType, refused, violations });
      return { refused, violations };
    };
  };
};
