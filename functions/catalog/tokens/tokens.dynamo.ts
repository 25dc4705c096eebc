import pLimit from 'p-limit';
import * as z from 'zod';
import { PutCommand } from '../../platform/dynamodb/commands.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { catalogKeys, controlKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { putNew as putNewRow } from '../../platform/dynamodb/put-new.ts';
import { TableBusy, getRow, readRow, pauseBefore } from '../../platform/dynamodb/table.ts';
import type { Place, Row } from '../../platform/dynamodb/table.ts';
import { settingAll, updateRow } from '../../platform/dynamodb/update-row.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import {
  LONGEST_PORTAL_TOKEN_SECONDS,
  TOKEN_TOLERANCE_SECONDS,
} from '../../platform/limits/tokens.domain.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { TenantKey } from '../catalog.port.ts';
import { decideAndWrite } from '../commit.dynamo.ts';
import type { Catalog } from '../commit.dynamo.ts';
import {
  VERSION as CATALOG_VERSION,
  cutoffs,
  readCutoffs,
  readSettingsRevision,
  readTokenMarks,
  row,
} from '../items.ts';
import { putNew, putOver, setTokenMarks } from '../writes.ts';
import { NO_MARKS, isCutOff, isVoid, withCutoff, withRevoked } from './token-marks.domain.ts';
import type { Cutoff, RevokedToken, TokenMarks } from './token-marks.domain.ts';
import type { HeldToken, Revocation, TokenStore } from './tokens.port.ts';

const VERSION = 1;
/** Sessions that are written at a time. */
const AT_ONCE = 25;
/** Writes of one row that others come before. */
const ROUNDS = 30;

const endedRow = z.object({ v: z.literal(VERSION), until: z.number().nullable() });
const sessionRow = z.object({ v: z.literal(VERSION), rev: z.number(), cutoffs });

const seconds = (ms: number) => Math.ceil(ms / 1000);

/** A row that holds cutoffs, and how they are read and written. */
interface CutoffRow {
  readonly place: Place;
  readonly read: (row: Row) => { readonly rev: number; readonly cutoffs: readonly Cutoff[] };
  readonly attributes: (cutoffs: readonly Cutoff[]) => Row;
}

export interface TokenStoreOptions {
  readonly catalog: Catalog;
  readonly control: string;
  /** Which copy of an organization's marks to read. */
  readonly randomCopy: () => number;
}

/**
 * Marks of revoked tokens. Those of organizations and applications are in Catalog, because tokens may live for years; ended
 * tokens and sessions are in Control, where they expire with the tokens of the portal.
 */
export const makeTokenStore = ({ catalog, control, randomCopy }: TokenStoreOptions): TokenStore => {
  const { client, table, pause } = catalog;
  const inCatalog = (key: Key): Place => ({ table, key });
  const inControl = (key: Key): Place => ({ table: control, key });

  const applicationRow = ({ orgId, appId }: TenantKey): CutoffRow => ({
    place: inCatalog(catalogKeys.applicationTokens(orgId, appId)),
    read: readCutoffs,
    attributes: (cutoffs) => ({ v: CATALOG_VERSION, type: 'tokens', cutoffs }),
  });

  const sessionRowOf = ({ orgId, appId }: TenantKey, id: string): CutoffRow => {
    const key = controlKeys.session(orgId, appId, id);
    const forgetAt = (cutoffs: readonly Cutoff[]) =>
      seconds(Math.max(...cutoffs.map(({ issuedUntil, voidFrom }) => Math.max(issuedUntil, voidFrom)))) +
      LONGEST_PORTAL_TOKEN_SECONDS +
      TOKEN_TOLERANCE_SECONDS;
    return {
      place: inControl(key),
      read: (found) => sessionRow.parse(found),
      attributes: (cutoffs) => ({ v: VERSION, type: 'session', cutoffs, ttl: forgetAt(cutoffs) }),
    };
  };

  /** Adds a cutoff to a row, again if another writer came first. A new row needs one call. */
  const addCutoff = async ({ place, read, attributes }: CutoffRow, cutoff: Cutoff, nowMs: number) => {
    let before: ReturnType<CutoffRow['read']> | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      const cutoffs = withCutoff(before?.cutoffs ?? [], cutoff, nowMs);
      const set = settingAll({ ...attributes(cutoffs), rev: (before?.rev ?? 0) + 1 });
      const { written, row: found } = await updateRow(client, place, {
        ...set,
        condition: before === undefined ? 'attribute_not_exists(rev)' : 'rev = :before',
        values: { ...set.values, ...(before === undefined ? {} : { ':before': before.rev }) },
      });
      if (written) return;
      before = found === undefined ? undefined : read(found);
      if (round > 0) await pauseBefore(round, pause);
    }
    throw new TableBusy(`another writer came first ${ROUNDS} times`);
  };

  const copyOfMarks = (orgId: OrgId): Place => inCatalog(catalogKeys.settingsRevision(orgId, randomCopy()));
  const marksIn = (found: Row | undefined): TokenMarks =>
    (found && readSettingsRevision(found).tokenMarks) ?? NO_MARKS;
  const marks = async (orgId: OrgId) => marksIn(await getRow(client, copyOfMarks(orgId)));

  /** One read of all marks that may void a token of an application. */
  const isRevokedInApplication = async (place: TenantKey, { token }: HeldToken, nowMs: number) => {
    const { orgId, appId } = place;
    const organization = copyOfMarks(orgId);
    const application = applicationRow(place);
    const ended = inControl(controlKeys.endedToken(orgId, appId, token.id));
    const session = token.sessionId === null ? undefined : sessionRowOf(place, token.sessionId);
    const rows = [application, ...(session === undefined ? [] : [session])];
    const places = [organization, ended, ...rows.map((one) => one.place)];
    const found = await batchGet(client, places, pause);
    const isEnded = (stored: Row | undefined) => {
      if (stored === undefined) return false;
      const { until } = endedRow.parse(stored);
      return until === null || until > nowMs;
    };
    const cuts = ({ place: at, read }: CutoffRow) => {
      const stored = found(at);
      return stored !== undefined && isCutOff(read(stored).cutoffs, token, nowMs);
    };
    return isVoid(marksIn(found(organization)), token, nowMs) || isEnded(found(ended)) || rows.some(cuts);
  };

  const next = (before: TokenMarks, revocation: Revocation, nowMs: number): TokenMarks | undefined => {
    if (revocation.kind === 'issued-before')
      return { ...before, cutoffs: withCutoff(before.cutoffs, revocation.cutoff, nowMs) };
    const revoked = withRevoked(before.revoked, revocation.revoked, nowMs);
    return revoked && { ...before, revoked };
  };

  const endedItem = ({ orgId, appId }: TenantKey, { id, until }: RevokedToken): Row => {
    const key = controlKeys.endedToken(orgId, appId, id);
    const forget = until === null ? {} : { ttl: seconds(until) };
    return { ...key, v: VERSION, type: 'ended-token', until, ...forget };
  };

  return {
    marks,

    isRevoked: async (held, nowMs) => {
      const { orgId, appId, token } = held;
      if (appId !== null) return isRevokedInApplication({ orgId, appId }, held, nowMs);
      return isVoid(await marks(orgId), token, nowMs);
    },

    end: async (place, revoked) => {
      await client.send(new PutCommand({ TableName: control, Item: endedItem(place, revoked) }));
    },

    endOnce: async (place, revoked, nowMs) =>
      (await putNewRow(client, control, endedItem(place, revoked), seconds(nowMs))) === undefined,

    expire: async (place, cutoff, sessionIds, nowMs) => {
      const limit = pLimit(AT_ONCE);
      const rows =
        sessionIds === null
          ? [applicationRow(place)]
          : [...new Set(sessionIds)].map((id) => sessionRowOf(place, id));
      await settleAll(rows.map((one) => limit(() => addCutoff(one, cutoff, nowMs))));
    },

    revoke: (orgId, revocation, nowMs) =>
      decideAndWrite<ReturnType<typeof readTokenMarks> | undefined, 'written' | 'full'>(
        catalog,
        () => readRow(client, inCatalog(catalogKeys.organizationTokens(orgId)), readTokenMarks),
        (current, rev) => {
          const changed = next(current?.marks ?? NO_MARKS, revocation, nowMs);
          if (changed === undefined) return { answer: 'full' };
          const item = row(catalogKeys.organizationTokens(orgId), 'tokens', { marks: changed, rev });
          const write = current === undefined ? putNew(table, item) : putOver(table, item, current.rev);
          return { answer: 'written', writes: [write, ...setTokenMarks(table, orgId, changed)] };
        },
      ),
  };
};
