import type { ApplicationFields } from '../catalog/catalog.port.ts';
import { Refusal, invalid } from './errors.ts';

/** The error for an application that cannot be created implicitly: its uid must equal the one in the path. */
export const notImplicit = (fields: ApplicationFields | undefined, detail?: string): Error => {
  if (fields === undefined) return new Refusal('not_found', detail);
  const missing = fields.uid === null;
  return invalid(
    ['body', 'application', 'uid'],
    missing
      ? 'The application needs a `uid` equal to the one in the path'
      : 'The `uid` of the application differs from the one in the path',
    missing ? 'application_uid_missing' : 'application_uid_mismatch',
  );
};
