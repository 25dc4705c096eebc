import { LRUCache } from 'lru-cache';
import type { EventTypeStore } from '../../catalog/catalog.port.ts';
import { loadCompiler } from '../../catalog/event-types/json-schema.ts';
import type { CompiledSchemas } from '../../catalog/event-types/json-schema.ts';
import { OUT_OF_TIME, runWithin } from '../../platform/concurrency/run-within.ts';
import { COMPILED_SCHEMA_BYTES } from '../../platform/limits/memory.domain.ts';
import { SCHEMA_CHECK_MS } from '../../platform/limits/schemas.domain.ts';
import type { FindSchemas } from './check-payload.flow.ts';

type Found = CompiledSchemas | 'unusable' | undefined;

interface Entry {
  /** The revision of the organization's schemas that was read before these were. */
  readonly revision: bigint | undefined;
  readonly schemas: Found;
  readonly bytes: number;
}

/** Memory of an entry (measured 2026-11-30): without schemas, of the smallest ones, and for each character of large ones. */
const ENTRY_BYTES = 500;
const COMPILED_BYTES = 25_000;
const BYTES_A_CHARACTER = 12;

const bytesOf = (text: string | null): number =>
  ENTRY_BYTES + (text === null ? 0 : COMPILED_BYTES + BYTES_A_CHARACTER * text.length);

/**
 * Finds the schemas of event types, compiled and cached in memory. An entry is valid while the organization's schemas have the
 * revision that was read with the application: a change that was acknowledged before a message applies to it, and a check
 * reads nothing more than an unchecked message does.
 */
export const makeFindSchemas = (eventTypes: Pick<EventTypeStore, 'find'>): FindSchemas => {
  const cache = new LRUCache<string, Entry>({
    maxSize: COMPILED_SCHEMA_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });

  const compile = async (text: string): Promise<Found> => {
    const compiler = await loadCompiler();
    try {
      const compiled = runWithin(SCHEMA_CHECK_MS.compilation, () => compiler(text));
      return compiled === OUT_OF_TIME ? 'unusable' : compiled;
    } catch {
      return 'unusable';
    }
  };

  return async ({ application: { orgId }, schemasRevision: revision }, name) => {
    if (revision === undefined) return undefined;
    const key = JSON.stringify([orgId, name]);
    const known = cache.get(key);
    if (known?.revision === revision) return known.schemas;
    const text = (await eventTypes.find(orgId, name))?.schemas ?? null;
    const schemas = text === null ? undefined : await compile(text);
    cache.set(key, { revision, schemas, bytes: bytesOf(text) });
    return schemas;
  };
};
