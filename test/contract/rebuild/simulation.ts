import { expect } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { FailureCause } from '../../../functions/deliver/causes.domain.ts';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { wireRebuild } from '../../../functions/read-models/rebuild/rebuild.wiring.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { makeRebuild } from '../../../functions/read-models/rebuild/rebuild.flow.ts';
import type { RebuildReport } from '../../../functions/read-models/rebuild/rebuild.flow.ts';
import { VIEWS } from '../../../functions/read-models/rebuild/rebuild.port.ts';
import type { Pass, ViewName } from '../../../functions/read-models/rebuild/rebuild.port.ts';
import { makeProjectAndMarkHours } from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { makeMarkDirtyHours } from '../../../functions/read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { listsIn, viewsOf } from '../../support/view-oracle.ts';
import type { RawRow } from '../../support/view-oracle.ts';
import { NOON, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { freshTable } from '../reads/tables.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { scanPages } from '../../support/scan-pages.ts';
import { emulatorDynamo } from '../emulator.ts';

const RETRY: Decision = { kind: 'retry', at: NOON + 60_000 };
const CANCELED: Decision = { kind: 'canceled', reason: 'endpoint_disabled' };
const LAST: readonly Decision[] = [
  { kind: 'succeeded' },
  { kind: 'exhausted' },
  { kind: 'gone' },
  CANCELED,
  RETRY,
];

/** Times from a message to its first attempt: prompt, just not, and late. */
const LAGS = [0, 700, 10_000, 10_004, 30_000];

/**
 * The deliveries of one seed: messages of two applications at three endpoints each, with retries and resends. Some
 * succeed at once, promptly or not, and are resent or canceled afterwards.
 */
export const traffic = (seed: number, messages: number): readonly Attempt[] => {
  const random = makeRandom(seed);
  const history = (index: number): Attempt[] => {
    const ids = seededIds(seed * 1_000 + index); // a source only increases, and histories overlap
    const start = NOON - 3_600_000 + index * 4_000;
    const first = start + LAGS[random.below(LAGS.length)]!;
    const message = {
      ...{ orgId: orgId('org_50%'), appId: appId(`app_${seed}#${index % 2}`) },
      ...{ endpointId: endpointId(`ep_${random.below(3)}`), messageId: ids.message(start) },
      channels: random.chance(0.5) ? ['red'] : null,
      tags: random.chance(0.5) ? ['vip', 'eu/1'] : null,
    };
    const tries = 1 + random.below(4);
    const succeedsAtOnce = random.chance(0.4);
    const decisionOf = (at: number): Decision => {
      if (succeedsAtOnce && at === 0) return { kind: 'succeeded' };
      return at + 1 < tries && !succeedsAtOnce ? RETRY : LAST[random.below(LAST.length)]!;
    };
    return Array.from({ length: tries }, (_, at) => {
      const decision = decisionOf(at);
      const manual = at > 0 && (succeedsAtOnce || random.chance(0.2));
      return attempt({
        ...message,
        ...{ id: ids.attempt(first + at * 700), at: first + at * 700, decision },
        trigger: manual ? { kind: 'manual', request: `r${at}` } : { kind: 'scheduled', number: at + 1 },
        succeeded: decision.kind === 'succeeded',
        responseStatusCode: decision.kind === 'succeeded' ? 200 : 500,
        ...causeOf(decision, random),
        responseHeaders: { fields: [['x-request-id', 'r'.repeat(random.below(900))]], truncated: false },
        phases: { dnsMs: random.below(9), connectMs: random.below(99) },
      });
    });
  };
  return Array.from({ length: messages }, (_, index) => history(index)).flat();
};

const FAILURES: readonly FailureCause[] = ['status_5xx', 'dns_not_found'];

const causeOf = (decision: Decision, random: ReturnType<typeof makeRandom>): Pick<Attempt, 'cause'> => {
  if (decision.kind === 'succeeded') return { cause: null };
  if (decision.kind === 'canceled') return { cause: `canceled:${decision.reason}` };
  return { cause: FAILURES[random.below(FAILURES.length)]! };
};

export interface RunOptions {
  readonly views?: readonly ViewName[];
  readonly segments?: number;
  readonly step?: Step;
  readonly stopped?: () => boolean;
  readonly onPage?: (pass: Pass) => void;
}

const rowsOf = async (client: DynamoClient, TableName: string): Promise<RawRow[]> => {
  const rows: RawRow[] = [];
  for await (const page of scanPages(client, TableName)) rows.push(...page);
  return rows;
};

/** Log, read models and rebuild progress in new tables, with the real projection and rebuild. */
export const makeSimulation = async () => {
  const client = emulatorDynamo();
  const [deliveries, views, control] = await Promise.all([1, 2, 3].map(() => freshTable(client)));
  const tables = { deliveries: deliveries!, views: views!, control: control! };
  const log = makeAttemptLog(client, tables, makeInsertNew(client, tables.deliveries));
  const markDirtyHours = makeMarkDirtyHours(client, tables.views);
  const now = () => NOON;

  /** A separate projection, as another Lambda environment has it. */
  const projector = (own = client) => {
    const writer = makeViews(own, tables.views, makeInsertNew(own, tables.views));
    return makeProjectAndMarkHours(makeProject(writer), markDirtyHours, now);
  };

  const rebuild = async ({ views: selected = VIEWS, segments = 2, ...options }: RunOptions = {}) => {
    const total = { read: 0, written: 0, removed: 0, unreadable: 0 };
    const add = (page: RebuildReport) => {
      total.read += page.read;
      total.written += page.written;
      total.removed += page.removed;
      total.unreadable += page.unreadable;
    };
    const run = makeRebuild({
      ...wireRebuild(client, tables),
      now,
      step: options.step ?? noSteps,
      stopped: options.stopped ?? (() => false),
      onPage: (pass, _, page) => {
        add(page);
        options.onPage?.(pass);
      },
    });
    let resumed = false;
    const finished = await run(selected, segments, (job) => (resumed = job.resumed));
    return { ...total, finished, resumed };
  };

  return {
    client,
    tables,
    markDirtyHours,
    projector,
    rebuild,
    record: (attempts: readonly Attempt[]) => Promise.all(attempts.map((one) => log.record(one))),
    viewRows: () => rowsOf(client, tables.views),
    putView: (Item: RawRow) => client.send(new PutCommand({ TableName: tables.views, Item })),
    expectRight: async () => {
      const projected = listsIn(await rowsOf(client, tables.views));
      expect(projected).toEqual(viewsOf(await rowsOf(client, tables.deliveries)));
    },
  };
};

export type Simulation = Awaited<ReturnType<typeof makeSimulation>>;
