import type { Application } from '../catalog/applications/application.domain.ts';
import type { ApplicationFields, StoredResponseOf } from '../catalog/catalog.port.ts';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import { isName } from '../platform/wire/fields.ts';
import type { Deps } from './deps.ts';
import { Refusal, invalid } from './errors.ts';

export const findApplication = async (
  deps: Deps,
  orgId: OrgId,
  idOrUid: string,
): Promise<Application | undefined> => (isName(idOrUid) ? deps.applications.find(orgId, idOrUid) : undefined);

export const createApplication = (
  deps: Deps,
  orgId: OrgId,
  fields: ApplicationFields,
  nowMs: number,
  storedResponseOf?: StoredResponseOf<Application>,
) => {
  const times = { createdAt: nowMs, updatedAt: nowMs };
  return deps.applications.create({ orgId, id: deps.ids.app(nowMs), ...fields, ...times }, storedResponseOf);
};

/** Finds an application, or creates it: of several requests that do so at once, all but one find it. Throws Refusal. */
export const findOrCreateApplication = async (
  find: () => Promise<Application | undefined>,
  create: () => ReturnType<typeof createApplication>,
  conflict?: string,
): Promise<{ readonly application: Application; readonly isNew: boolean }> => {
  const existing = await find();
  if (existing !== undefined) return { application: existing, isNew: false };
  const outcome = await create();
  if (outcome.kind === 'written') return { application: outcome.item, isNew: true };
  const winner = await find();
  if (winner === undefined) throw new Refusal('conflict', conflict);
  return { application: winner, isNew: false };
};

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
