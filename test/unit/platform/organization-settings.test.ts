import { describe, expect, it } from 'vitest';
import { settingsOut, settingsPatch } from '../../../functions/api/schemas/settings.ts';
import { readOverrides } from '../../../functions/catalog/items.ts';
import { ROW_RETENTION_DAYS } from '../../../functions/platform/limits/retention.domain.ts';
import {
  DEFAULT_SETTINGS,
  organizationDefaults,
  stageSettings,
} from '../../../functions/platform/settings/organization-settings.ts';
import { parseStage } from '../../../lib/config.ts';

const stage = (settings: object) =>
  parseStage('x', JSON.stringify({ target: 'aws', keepState: false, settings }));
const onStage = { ...DEFAULT_SETTINGS, stageSubnets: [], rowRetentionDays: ROW_RETENTION_DAYS };

describe('settings of an organization', () => {
  it('come from the table of settings in the stage, the environment of functions, the API and storage alike', () => {
    expect(stage({}).settings).toEqual(onStage);
    expect(organizationDefaults(stageSettings.parse(onStage))).toEqual(DEFAULT_SETTINGS);
    const answer = { settings: DEFAULT_SETTINGS, overrides: DEFAULT_SETTINGS };
    expect(settingsOut().parse(answer)).toEqual(answer);
    const settable = Object.fromEntries(
      Object.entries(DEFAULT_SETTINGS).filter(([, value]) => value !== null),
    );
    expect(settingsPatch().parse(settable)).toEqual(settable);
    expect(readOverrides(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
  });

  it.each(Object.keys(DEFAULT_SETTINGS))('%s goes back to the default of the stage with null', (name) => {
    expect(settingsPatch().parse({ [name]: null })).toEqual({ [name]: null });
  });

  it('that earlier releases stored under wider rules are read as they are', () => {
    const stored = {
      requestTimeout: 600,
      retrySchedule: [1e9],
      publishRateLimit: 0.5,
      payloadRetentionDays: 1,
    };
    expect(readOverrides(stored)).toEqual(stored);
    for (const [name, value] of Object.entries(stored))
      expect(settingsPatch().safeParse({ [name]: value }).success).toBe(false);
  });

  it('obey the same rules in a stage file as in the API', () => {
    expect(() => stage({ retrySchedule: [0] })).toThrow('settings.retrySchedule.0 Too small');
    expect(() => stage({ publishRateLimit: 0 })).toThrow('settings.publishRateLimit Too small');
    expect(stage({ publishRateLimit: null }).settings.publishRateLimit).toBeNull();
  });
});
