import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { SettingsOverrides } from './settings.domain.ts';
import type { SettingsStore } from '../catalog.port.ts';
import type { Catalog } from '../commit.dynamo.ts';
import { decideAndWrite } from '../commit.dynamo.ts';
import { readOverrides, readSettings, row } from '../items.ts';
import type { Write } from '../writes.ts';
import { putNew, putOver, setSettingsRevision } from '../writes.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { readRow } from '../../platform/dynamodb/table.ts';

interface StoredSettings {
  readonly overrides: SettingsOverrides;
  readonly rev: bigint;
}

const write = (
  table: string,
  orgId: OrgId,
  current: StoredSettings | undefined,
  next: StoredSettings,
): readonly Write[] => {
  const item = row(catalogKeys.settings(orgId), 'settings', { ...next });
  return [
    current === undefined ? putNew(table, item) : putOver(table, item, current.rev),
    ...setSettingsRevision(table, orgId, next.rev),
  ];
};

type Changes = Parameters<SettingsStore['change']>[1];

/** Applies changes: absent settings stay, null resets one to the stage's default. */
export const applyChanges = (current: SettingsOverrides, changes: Changes): SettingsOverrides => {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  const all = Object.entries({ ...current, ...Object.fromEntries<unknown>(named) });
  return readOverrides(Object.fromEntries(all.filter(([, value]) => value !== null)));
};

/** Reads the settings item; undefined: the organization has not changed any setting. */
export const readStoredSettings = (
  { client, table }: Pick<Catalog, 'client' | 'table'>,
  orgId: OrgId,
): Promise<StoredSettings | undefined> =>
  readRow(client, { table, key: catalogKeys.settings(orgId) }, readSettings);

export const makeSettingsStore = (catalog: Catalog): SettingsStore => ({
  overrides: async (orgId) => (await readStoredSettings(catalog, orgId))?.overrides ?? {},

  change: (orgId, changes) =>
    decideAndWrite(
      catalog,
      () => readStoredSettings(catalog, orgId),
      (current, rev) => {
        const overrides = applyChanges(current?.overrides ?? {}, changes);
        return { answer: overrides, writes: write(catalog.table, orgId, current, { overrides, rev }) };
      },
    ),
});
