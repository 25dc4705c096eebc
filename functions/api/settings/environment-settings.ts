import * as z from 'zod';
import type { SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import { OWN_SETTINGS, eachSetting } from '../../platform/settings/organization-settings.ts';
import { portalSettings } from '../../platform/settings/portal-settings.ts';
import type { PortalSettings } from '../../platform/settings/portal-settings.ts';
import { memoize } from '../memoize.ts';

/** The settings of an environment as they are exported: those that the organization changed and may change by itself. */
export const exportedSettings = (overrides: SettingsOverrides): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    OWN_SETTINGS.flatMap((name) => (overrides[name] == null ? [] : [[name, overrides[name]] as const])),
  );

type Own = Pick<SettingsOverrides, (typeof OWN_SETTINGS)[number]>;

/** What an import of settings changes. `invalid`: the first setting of ours that cannot have its value. */
export type ImportedSettings =
  | { readonly kind: 'settings'; readonly changes: Own; readonly ignored: readonly string[] }
  | { readonly kind: 'invalid'; readonly name: string; readonly message: string };

type Values = Readonly<Record<string, unknown>>;

const own = memoize(() => {
  const all = eachSetting('patch');
  const named = OWN_SETTINGS.map((name) => [name, all[name]] as const);
  return z.object(Object.fromEntries(named)).transform((values): Values => values);
});
const parsedOwn = memoize(() => z.object(eachSetting('stored')));

/** Settings of the hosted product that mean the same as one of ours. */
const FOREIGN: Readonly<Record<string, (value: unknown) => Values>> = {
  retryPolicy: (value) => ({ retrySchedule: value }),
  disableEndpointOnFailure: (value) => (value === false ? { endpointDisableAfter: 0 } : {}),
  whitelabelHeaders: (value) => (value === true ? { webhookHeaderPrefix: 'webhook' } : {}),
};

/** The settings of the hosted product's portal that ours has under the same name, each if it is valid here. */
const portalFields = (settings: Values): Values => {
  const { shape } = portalSettings();
  const valid = Object.entries(shape).filter(
    ([name, type]) => settings[name] != null && type.safeParse(settings[name]).success,
  );
  return Object.fromEntries(valid.map(([name]) => [name, settings[name]]));
};

const foreignValues = (settings: Values): Values =>
  Object.entries(FOREIGN).reduce<Values>((values, [name, convert]) => {
    const converted = settings[name] == null ? {} : convert(settings[name]);
    return { ...values, ...converted };
  }, {});

/** Values that one setting accepts; those of the hosted product that do not fit are ignored, as unknown ones are. */
const accepted = (values: Values): Values => {
  const parts = eachSetting('patch');
  return Object.fromEntries(
    OWN_SETTINGS.filter((name) => name in values && parts[name].safeParse(values[name]).success).map(
      (name) => [name, values[name]],
    ),
  );
};

const isOwn = (name: string): boolean => OWN_SETTINGS.some((one) => one === name);

/**
 * Reads the settings of an import: an export of this service or of the hosted product. Settings of ours must be valid; names
 * that are unknown, or for management tokens alone, are ignored and named.
 */
export const importedSettings = (settings: Values, portal: PortalSettings | null): ImportedSettings => {
  const given = Object.entries(settings).filter(([, value]) => value !== null);
  const ours = Object.fromEntries(given.filter(([name]) => isOwn(name)));
  const checked = own().safeParse(ours);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { kind: 'invalid', name: String(issue?.path[0]), message: issue?.message ?? 'is not valid' };
  }
  const looks = portalFields(settings);
  const foreign = accepted(foreignValues(settings));
  const branded = Object.keys(looks).length === 0 ? {} : { portal: { ...portal, ...looks } };
  const used = new Set([...Object.keys(looks), ...Object.keys(FOREIGN)]);
  const ignored = given.map(([name]) => name).filter((name) => !isOwn(name) && !used.has(name));
  const changes = parsedOwn().parse({ ...branded, ...foreign, ...ours });
  return { kind: 'settings', changes, ignored };
};
