import type { OrgId } from '../platform/ids/brand.domain.ts';
import { resolveSettings } from '../catalog/settings/settings.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { EventContexts } from './announce.flow.ts';
import type { SettledTenants, Tenant, TenantKey } from '../catalog/catalog.port.ts';
import { readStoredSettings } from '../catalog/settings/settings.dynamo.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

export interface EventContextOptions {
  readonly client: DynamoClient;
  readonly table: string;
  readonly defaults: OrganizationSettings;
  readonly tenants: SettledTenants;
}

/** Reads contexts from cached snapshots; for a deleted application only the organization's settings remain. */
export const makeEventContexts = ({ defaults, tenants, ...source }: EventContextOptions): EventContexts => {
  const settingsOf = async (orgId: OrgId) => {
    const stored = await readStoredSettings(source, orgId);
    return resolveSettings(defaults, stored?.overrides ?? {});
  };
  const partOf = (tenant: Tenant | undefined, { orgId }: TenantKey) => ({
    orgId,
    appUid: tenant?.application.uid ?? null,
    operationalWebhooks: tenant?.settings.operationalWebhooks,
  });
  return {
    load: async (keys) => {
      const found = await tenants.loadSettled(keys, partOf);
      return settleAll(
        found.map(async (one) => {
          if (one.status === 'rejected') throw one.reason;
          const { orgId, appUid } = one.value;
          const operationalWebhooks =
            one.value.operationalWebhooks ?? (await settingsOf(orgId)).operationalWebhooks;
          return { appUid, operationalWebhooks };
        }),
      );
    },
  };
};
