import { LRUCache } from 'lru-cache';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import { resolveSettings } from '../settings/settings.domain.ts';
import type { TenantKey } from '../catalog.port.ts';
import { readRevision, readSettingsRevision } from '../items.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotRange, toSnapshot } from './snapshot.ts';
import { expectedSnapshotBytes, snapshotBytes } from './snapshot-bytes.domain.ts';
import {
  SMALL_SNAPSHOT_BYTES,
  SNAPSHOT_CACHE_BYTES,
  SNAPSHOT_READ_BYTES,
} from '../../platform/limits/memory.domain.ts';
import { makeByteBudget } from '../../platform/concurrency/byte-budget.ts';
import { readStoredSettings } from '../settings/settings.dynamo.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { pagesOf } from '../../platform/dynamodb/table.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const MOST_SETTINGS = 1_000;

interface Source {
  readonly client: DynamoClient;
  readonly table: string;
}

/**
 * Returns what `part` selects of the snapshot with the revision of a strongly read item (undefined: the application was
 * deleted). Whole snapshots are in memory only until `part` returns, within a byte budget, so that a batch of many large
 * applications holds only their parts.
 */
export type SnapshotAt = <Part>(
  key: TenantKey,
  revision: Row | undefined,
  part: (snapshot: Snapshot | undefined) => Part,
) => Promise<Part>;

export const makeSnapshotAt = ({ client, table }: Source): SnapshotAt => {
  const cache = new LRUCache<string, Snapshot>({
    maxSize: SNAPSHOT_CACHE_BYTES,
    // lru-cache rejects entries above its limit; with its size capped, a larger snapshot is cached alone.
    sizeCalculation: (snapshot) => Math.min(snapshotBytes(snapshot), SNAPSHOT_CACHE_BYTES),
  });
  const acquire = makeByteBudget({ total: SNAPSHOT_READ_BYTES, free: SMALL_SNAPSHOT_BYTES });
  // Reads in flight, by name and revision, which concurrent calls share.
  const reading = new Map<string, Promise<Snapshot | undefined>>();

  const read = async ({ orgId, appId }: TenantKey, name: string) => {
    const snapshot = await toSnapshot(pagesOf(client, snapshotRange(table, orgId, appId)));
    if (snapshot === undefined) cache.delete(name);
    else cache.set(name, snapshot);
    return snapshot;
  };

  const readOnce = (key: TenantKey, name: string, revision: bigint) => {
    const version = `${name}${revision}`;
    const shared = reading.get(version) ?? read(key, name).finally(() => reading.delete(version));
    reading.set(version, shared);
    return shared;
  };

  return async (key, row, part) => {
    const name = JSON.stringify([key.orgId, key.appId]);
    const current = row === undefined ? undefined : readRevision(row);
    if (current === undefined || current.deleted === true) {
      cache.delete(name);
      return part(undefined);
    }
    const cached = () => {
      const found = cache.get(name);
      return found?.revision === current.revision ? found : undefined;
    };
    const known = cached();
    if (known !== undefined) return part(known);
    const release = await acquire(expectedSnapshotBytes(current));
    try {
      return part(cached() ?? (await readOnce(key, name, current.revision)));
    } finally {
      release();
    }
  };
};

/** Returns the settings with the revision of a strongly read item; undefined: the stage's defaults are in force. */
export type SettingsAt = (orgId: OrgId, revision: Row | undefined) => Promise<OrganizationSettings>;

export const makeSettingsAt = (source: Source, defaults: OrganizationSettings): SettingsAt => {
  const cache = new LRUCache<string, { readonly rev: bigint; readonly inForce: OrganizationSettings }>({
    max: MOST_SETTINGS,
  });
  return async (orgId, revision) => {
    if (revision === undefined) return defaults;
    const cached = cache.get(orgId);
    const { revision: current } = readSettingsRevision(revision);
    if (current === undefined) return defaults;
    if (cached?.rev === current) return cached.inForce;
    const stored = await readStoredSettings(source, orgId);
    if (stored === undefined) return defaults;
    const inForce = resolveSettings(defaults, stored.overrides);
    cache.set(orgId, { rev: stored.rev, inForce });
    return inForce;
  };
};
