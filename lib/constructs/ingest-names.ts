import { pascalCase } from '../building-blocks/logical-id.ts';

/** The source of events that the rule of an ingest bus takes (functions/ingest/record-format.ts). */
export const INGEST_SOURCE = 'posthorn.publish';

/** The names of one ingest pipeline. Those of the pipeline `default` are without its name. */
export const ingestNames = (stage: string, pipeline: string) => {
  // Names of stages have no underscore, so no other stage has the same names.
  const suffix = pipeline === 'default' ? '' : `_${pipeline}`;
  return {
    /** Prefix of logical ids and outputs: `IngestQueueUrl`. */
    part: pipeline === 'default' ? 'Ingest' : `Ingest${pascalCase(pipeline)}`,
    /** Of the function's name. */
    suffix,
    busName: `posthorn-${stage}-ingest${suffix}`,
    /** The name of its dead-letter queue in commands. */
    dlq: pipeline === 'default' ? 'ingest' : `ingest-${pipeline}`,
  };
};
