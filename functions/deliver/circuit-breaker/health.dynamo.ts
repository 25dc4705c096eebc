import { HEALTH_ROW_SECONDS } from '../../platform/limits/retention.domain.ts';
import type { Breaker } from './circuit-breaker.domain.ts';
import type { HealthStore } from './circuit-breaker.flow.ts';
import type { EndpointKey } from '../delivery.port.ts';
import { HEALTH_VERSION, parseHealthRow } from './health-row.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import { getRow } from '../../platform/dynamodb/table.ts';
import type { Place, Row } from '../../platform/dynamodb/table.ts';
import { settingAll, updateRow } from '../../platform/dynamodb/update-row.ts';
import type { Update } from '../../platform/dynamodb/update-row.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { wholeSeconds } from '../../platform/limits/time.domain.ts';

export const healthPlace = (table: string, { orgId, appId, endpointId }: EndpointKey): Place => ({
  table,
  key: controlKeys.health(orgId, appId, endpointId),
});

/** An update that sets `set`, the format version and a new TTL, and removes the attributes `remove`. */
const change = (nowMs: number, set: Row, remove: readonly string[] = []): Update => {
  const all = settingAll({ v: HEALTH_VERSION, ttl: wholeSeconds(nowMs) + HEALTH_ROW_SECONDS, ...set });
  return remove.length === 0 ? all : { ...all, expression: `${all.expression} REMOVE ${remove.join(', ')}` };
};

const when = (update: Update, condition: string, values: Readonly<Record<string, unknown>> = {}): Update => ({
  ...update,
  condition,
  values: { ...update.values, ...values },
});

/** Applies only while the breaker is still the one that the decision is based on. */
const unchanged = (update: Update, from: Breaker): Update =>
  from.kind === 'closed'
    ? when(update, 'attribute_not_exists(ou)')
    : when(update, 'ou = :from', { ':from': from.until });

/** The health of endpoints: one item each in the Control table, none for healthy ones. */
export const makeHealthStore = (client: DynamoClient, table: string): HealthStore => {
  const write = (endpoint: EndpointKey, update: Update) =>
    updateRow(client, healthPlace(table, endpoint), update);
  const isWritten = async (endpoint: EndpointKey, update: Update) => (await write(endpoint, update)).written;

  return {
    read: async (endpoint) => parseHealthRow(await getRow(client, healthPlace(table, endpoint))),

    count: async (endpoint, { failures, firstFailureAt, period }, nowMs) => {
      const touch = change(nowMs, {});
      const add: Update = {
        ...touch,
        expression: `${touch.expression}, ff = if_not_exists(ff, :ff) ADD f :f`,
        values: { ...touch.values, ':ff': firstFailureAt, ':f': failures },
      };
      if (period === 0) return parseHealthRow((await write(endpoint, add)).row);
      const earlier = { ':period': period };
      const added = await write(endpoint, when(add, 'attribute_not_exists(ff) OR ff >= :period', earlier));
      if (added.written) return parseHealthRow(added.row);
      const anew = change(nowMs, { f: failures, ff: firstFailureAt });
      const restarted = await write(endpoint, when(anew, 'ff < :period', earlier));
      return parseHealthRow(restarted.written ? restarted.row : (await write(endpoint, add)).row);
    },

    open: (endpoint, from, { since, until, times }, nowMs) =>
      isWritten(
        endpoint,
        unchanged(change(nowMs, { os: since, ou: until, ot: times, da: until }, ['pu']), from),
      ),

    recover: (endpoint, from, drainAt, nowMs) => {
      const cleared = ['f', 'ff', 'fs', 'fp', 'os', 'ou', 'ot', 'pu'];
      return isWritten(
        endpoint,
        unchanged(change(nowMs, drainAt === null ? {} : { da: drainAt }, cleared), from),
      );
    },

    claimProbe: (endpoint, from, leaseUntil, nowMs) =>
      isWritten(
        endpoint,
        when(change(nowMs, { pu: leaseUntil }), 'ou = :from AND (attribute_not_exists(pu) OR pu <= :now)', {
          ':from': from.until,
          ':now': nowMs,
        }),
      ),

    markSlow: async (endpoint, until, nowMs) => {
      await write(endpoint, change(nowMs, { sl: until }));
    },

    markQuick: async (endpoint, until, nowMs) => {
      await write(endpoint, change(nowMs, { qu: until }));
    },

    startFailingSince: async (endpoint, { at, period, forgottenBefore }, nowMs) => {
      // A row without `fp` is of the first period.
      const [earlier, same] =
        period === 0
          ? ['attribute_not_exists(fs)', '(attribute_not_exists(fp) OR fp = :fp)']
          : ['attribute_not_exists(fs) OR attribute_not_exists(fp) OR fp < :fp', 'fp = :fp'];
      const { written, row } = await write(
        endpoint,
        when(change(nowMs, { fs: at, fp: period }), `${earlier} OR (${same} AND fs < :forgotten)`, {
          ':forgotten': forgottenBefore,
        }),
      );
      if (written) return at;
      const { failingSince, failingPeriod } = parseHealthRow(row);
      return failingPeriod === period ? (failingSince ?? at) : null;
    },

    clearFailingSince: async (endpoint, nowMs) => {
      await write(endpoint, change(nowMs, {}, ['fs', 'fp']));
    },

    setDrain: (endpoint, from, to, nowMs) => {
      const update = to === null ? change(nowMs, {}, ['da']) : change(nowMs, { da: to });
      return isWritten(
        endpoint,
        from === null
          ? when(update, 'attribute_not_exists(da)')
          : when(update, 'da = :from', { ':from': from }),
      );
    },
  };
};
