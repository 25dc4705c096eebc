import type {
  OrganizationSettings,
  SettingsOverrides,
} from '../../platform/settings/organization-settings.ts';

export type { OrganizationSettings, SettingsOverrides };

/** The settings in force: those of the organization override the stage's defaults. */
export const resolveSettings = (
  defaults: OrganizationSettings,
  overrides: SettingsOverrides,
): OrganizationSettings => ({ ...defaults, ...overrides });
