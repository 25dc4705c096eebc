import { pascalCase } from '../building-blocks/logical-id.ts';

/** The source of events that the rule of an ingest bus takes (functions/ingest/record-format.ts). */
export const INGEST_SOURCE = 'posthorn.publish';

/** The names of one way in. Those of the way `default` are without its name. */
export const ingestNames = (stage: string, way: string) => {
  // Names of stages have no underscore, so no other stage has the same names.
  const suffix = way === 'default' ? '' : `_${way}`;
  return {
    /** Prefix of logical ids and outputs: `IngestQueueUrl`. */
    part: way === 'default' ? 'Ingest' : `Ingest${pascalCase(way)}`,
    /** Of the function's name. */
    suffix,
    busName: `posthorn-${stage}-ingest${suffix}`,
    /** The name of its dead-letter queue in commands. */
    dlq: way === 'default' ? 'ingest' : `ingest-${way}`,
  };
};
