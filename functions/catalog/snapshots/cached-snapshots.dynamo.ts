import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import { resolveSettings } from '../settings/settings.domain.ts';
import type { TenantKey } from '../catalog.port.ts';
import { makeCache } from './cache.ts';
import { readRevision } from '../items.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotRange, toSnapshot } from './snapshot.ts';
import { snapshotBytes } from './snapshot-bytes.domain.ts';
import { SNAPSHOT_CACHE_BYTES } from '../../platform/limits/memory.domain.ts';
import { readStoredSettings } from '../settings/settings.dynamo.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { queryAll } from '../../platform/dynamodb/table.ts';

const SETTINGS_ROOM = 1_000;

interface Source {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The snapshot that a strongly read revision item stands for; undefined: the application is gone. */
export type SnapshotAt = (key: TenantKey, revision: Row | undefined) => Promise<Snapshot | undefined>;

export const makeSnapshotAt = ({ client, table }: Source): SnapshotAt => {
  const cache = makeCache<Snapshot>(SNAPSHOT_CACHE_BYTES, snapshotBytes);
  return async ({ orgId, appId }, revision) => {
    const name = JSON.stringify([orgId, appId]);
    const current = revision === undefined ? undefined : readRevision(revision);
    const isLive = current !== undefined && current.deleted !== true;
    const cached = isLive ? cache.get(name) : undefined;
    if (cached !== undefined && cached.revision === current?.revision) return cached;
    const read = isLive ? toSnapshot(await queryAll(client, snapshotRange(table, orgId, appId))) : undefined;
    if (read === undefined) cache.delete(name);
    else cache.set(name, read);
    return read;
  };
};

/** The settings that a strongly read revision item stands for; without one the stage's are in force. */
export type SettingsAt = (orgId: OrgId, revision: Row | undefined) => Promise<OrganizationSettings>;

export const makeSettingsAt = (source: Source, defaults: OrganizationSettings): SettingsAt => {
  const cache = makeCache<{ readonly rev: bigint; readonly inForce: OrganizationSettings }>(SETTINGS_ROOM);
  return async (orgId, revision) => {
    if (revision === undefined) return defaults;
    const cached = cache.get(orgId);
    if (cached?.rev === readRevision(revision).revision) return cached.inForce;
    const stored = await readStoredSettings(source, orgId);
    if (stored === undefined) return defaults;
    const inForce = resolveSettings(defaults, stored.overrides);
    cache.set(orgId, { rev: stored.rev, inForce });
    return inForce;
  };
};
