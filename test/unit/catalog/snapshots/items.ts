import { application, endpoint } from '../../../support/simulation/builders.ts';
import type { Application } from '../../../../functions/catalog/applications/application.domain.ts';
import { appId, endpointId, orgId } from '../../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import { applicationAttributes, endpointAttributes, row } from '../../../../functions/catalog/items.ts';
import { catalogKeys } from '../../../../functions/platform/dynamodb/keys.ts';

export const ORG = orgId('org_a');
export const APP = appId('app_a');
const changed = { orgId: ORG, createdAt: 1, updatedAt: 1 };

export const applicationItem = (rev: bigint, changes: Partial<Application> = {}) => {
  const item = application({ ...changed, id: APP, name: 'a', ...changes });
  return row(catalogKeys.application(ORG, APP), 'app', applicationAttributes(item, rev));
};

export const endpointItem = (id: string, rev: bigint, changes: Partial<Endpoint> = {}) => {
  const item = endpoint({ ...changed, appId: APP, id: endpointId(id), url: 'https://a.com', ...changes });
  return row(catalogKeys.endpoint(ORG, APP, id), 'ep', endpointAttributes(item, rev));
};

export const revisionItem = (revision: bigint, deleted?: true) =>
  row(catalogKeys.applicationRevision(ORG, APP, 0), 'rev', {
    revision,
    ...(deleted === undefined ? {} : { deleted }),
  });
