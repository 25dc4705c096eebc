import type {
  OrganizationSettings,
  SettingsOverrides,
} from '../../platform/settings/organization-settings.ts';

export type { OrganizationSettings, SettingsOverrides };

/** The settings in force: the stage's defaults under the organization's own. */
export const resolveSettings = (
  defaults: OrganizationSettings,
  overrides: SettingsOverrides,
): OrganizationSettings => ({ ...defaults, ...overrides });
