import type { Application } from '../../../../functions/catalog/applications/application.domain.ts';
import { appId, endpointId, orgId } from '../../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import { applicationAttributes, endpointAttributes, row } from '../../../../functions/catalog/items.ts';
import { catalogKeys } from '../../../../functions/platform/dynamodb/keys.ts';

export const ORG = orgId('org_a');
export const APP = appId('app_a');
const common = { orgId: ORG, uid: null, throttleRate: null, metadata: {}, createdAt: 1, updatedAt: 1 };

export const applicationItem = (rev: bigint, changes: Partial<Application> = {}) => {
  const application: Application = { ...common, id: APP, name: 'a', ...changes };
  return row(catalogKeys.application(ORG, APP), 'app', applicationAttributes(application, rev));
};

export const endpointItem = (id: string, rev: bigint, changes: Partial<Endpoint> = {}) => {
  const endpoint: Endpoint = {
    ...{ ...common, appId: APP, id: endpointId(id), url: 'https://a.com', description: '', version: 1 },
    ...{
      disabled: false,
      failSince: null,
      lastDisabledAt: null,
      eventTypes: null,
      channels: null,
      headers: {},
      oldSecrets: [],
    },
    ...{ secret: { sealed: Uint8Array.of(1), expiresAt: null }, ...changes },
  };
  return row(catalogKeys.endpoint(ORG, APP, id), 'ep', endpointAttributes(endpoint, rev));
};

export const revisionItem = (revision: bigint, deleted?: true) =>
  row(catalogKeys.applicationRevision(ORG, APP, 0), 'rev', {
    revision,
    ...(deleted === undefined ? {} : { deleted }),
  });
