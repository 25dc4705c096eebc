import * as z from 'zod';
import type { OrganizationSettings, SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import { eachSetting } from '../../platform/settings/organization-settings.ts';
import { memoize } from '../memoize.ts';

/**
 * Absent: unchanged; null: reset to the stage's default. Unknown names are refused, since a typo would change nothing.
 */
export const settingsPatch = memoize(() =>
  z.strictObject(eachSetting('patch')).meta({ id: 'OrganizationSettingsPatch' }),
);

const settings = memoize(() => z.object(eachSetting('inForce')).meta({ id: 'OrganizationSettings' }));

export const settingsOut = memoize(() =>
  z
    .object({
      settings: settings().meta({ description: 'The settings in force' }),
      overrides: settings().partial().meta({ description: 'The settings that the organization changed' }),
    })
    .meta({ id: 'OrganizationSettingsOut' }),
);

export const printSettings = (inForce: OrganizationSettings, overrides: SettingsOverrides) => ({
  settings: { ...inForce },
  overrides: { ...overrides },
});
