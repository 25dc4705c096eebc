import type { OrgId } from '../../platform/ids/brand.domain.ts';
import { resolveSettings } from '../../catalog/settings/settings.domain.ts';
import type { SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import type { Deps } from '../deps.ts';
import type { Reply } from '../errors.ts';
import { applicationOperation, organizationOperation, tagged } from '../operation.ts';
import { portalSettingsIn, portalSettingsOut, printPortalSettings } from '../schemas/portal-settings.ts';

const PATH = '/api/v1/portal-settings';

const reply = (deps: Deps, overrides: SettingsOverrides): Reply => ({
  status: 200,
  body: printPortalSettings(resolveSettings(deps.settingsDefaults, overrides).portal),
});

const read = async (deps: Deps, orgId: OrgId): Promise<Reply> =>
  reply(deps, await deps.settings.overrides(orgId));

const responses = () => ({ 200: portalSettingsOut() });

const getInApplication = applicationOperation({
  operationId: 'v1.portal-settings.get-in-application',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/portal-settings',
  summary: 'Get how the portal looks, as the portal itself reads it',
  responses,
  handle: ({ deps, application }) => read(deps, application.orgId),
});

const get = organizationOperation({
  operationId: 'v1.portal-settings.get',
  method: 'GET',
  path: PATH,
  summary: 'Get how the portal looks',
  responses,
  handle: ({ deps, orgId }) => read(deps, orgId),
});

const put = organizationOperation({
  operationId: 'v1.portal-settings.update',
  method: 'PUT',
  path: PATH,
  summary: 'Replace how the portal looks; absent fields are not set',
  body: portalSettingsIn,
  responses,
  handle: async ({ deps, orgId, body }) => reply(deps, await deps.settings.change(orgId, { portal: body })),
});

export const portalSettingsOperations = tagged('Portal', [getInApplication, get, put]);
