import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import { resolveSettings } from '../catalog/settings/settings.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { EventContexts } from './announce.flow.ts';
import type { Tenants } from '../catalog/catalog.port.ts';
import { readStoredSettings } from '../catalog/settings/settings.dynamo.ts';
import { settleAll } from '../platform/settle.domain.ts';

export interface OriginsOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly defaults: OrganizationSettings;
  readonly tenants: Pick<Tenants, 'load'>;
}

/** Where facts come from, off the cached snapshots; of an application that is gone the organization alone is left. */
export const makeEventContexts = ({ defaults, tenants, ...source }: OriginsOptions): EventContexts => {
  const settingsOf = async (orgId: OrgId) => {
    const stored = await readStoredSettings(source, orgId);
    return resolveSettings(defaults, stored?.overrides ?? {});
  };
  return {
    load: async (keys) => {
      const found = await tenants.load(keys);
      return settleAll(
        keys.map(async ({ orgId }, index) => {
          const tenant = found[index];
          const { operationalWebhooks } = tenant?.settings ?? (await settingsOf(orgId));
          return { appUid: tenant?.application.uid ?? null, operationalWebhooks };
        }),
      );
    },
  };
};
