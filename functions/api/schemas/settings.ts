import * as z from 'zod';
import type { OrganizationSettings, SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import { eachSetting } from '../../platform/settings/organization-settings.ts';
import { memoize } from '../memoize.ts';
import { component } from '../wire/component.ts';

/**
 * Absent: unchanged; null: reset to the stage's default. Unknown names are refused, since a typo would change nothing.
 */
export const settingsPatch = memoize(() =>
  z.strictObject(eachSetting('patch')).meta({ id: 'OrganizationSettingsPatch' }),
);

const settings = component('OrganizationSettings', () => eachSetting('inForce'));

export const settingsOut = component('OrganizationSettingsOut', () => ({
  settings: settings().meta({ description: 'The settings in force' }),
  overrides: settings().partial().meta({ description: 'The settings that the organization changed' }),
}));

export const printSettings = (inForce: OrganizationSettings, overrides: SettingsOverrides) => ({
  settings: { ...inForce },
  overrides: { ...overrides },
});
