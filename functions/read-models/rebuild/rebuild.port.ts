import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { Segment, SegmentPage } from '../../platform/dynamodb/segment-scan.ts';
import type { EndpointHour } from '../hourly-statistics/endpoint-hours.domain.ts';
import type { EndpointMessage } from '../messages-by-endpoint/endpoint-messages.domain.ts';
import type { MessagePlace, LatestState } from '../latest-state.domain.ts';

/** What can be rebuilt. */
export const VIEWS = ['endpoint-attempts', 'endpoint-messages', 'endpoint-hours'] as const;
export type ViewName = (typeof VIEWS)[number];

/** The port to the log of attempts. Responses may be left out. All reads are strong. */
export interface RebuildLog {
  /** An attempt is undefined where its row cannot be read by this release. */
  scan(segment: Segment, after: string | undefined): Promise<SegmentPage<Attempt | undefined>>;
  attemptsAt(place: MessagePlace): Promise<readonly Attempt[]>;
  /** What is recorded of the very turns of these, in their order. */
  findMany(attempts: readonly Attempt[]): Promise<readonly (Attempt | undefined)[]>;
}

/** A row's own address, opaque here. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** A row of a read model, told by its address; what it holds may be anything. */
export type ViewItem =
  | {
      readonly view: 'endpoint-attempts';
      readonly key: RowKey;
      readonly hour: EndpointHour;
      /** undefined: it is no row of ours, or not where it should be. */
      readonly attempt: Attempt | undefined;
    }
  | { readonly view: 'endpoint-messages'; readonly place: MessagePlace }
  | { readonly view: 'endpoint-hours'; readonly hour: EndpointHour }
  /** An address of that read model at which nobody writes. */
  | { readonly view: ViewName; readonly stray: RowKey };

/** The port to the read models, as the rebuild needs it beside the projection's own. */
export interface RebuildViews {
  scan(segment: Segment, after: string | undefined): Promise<SegmentPage<ViewItem>>;
  /** Whether exactly these rows stand, in the order given. */
  latestAttempts(attempts: readonly Attempt[]): Promise<readonly boolean[]>;
  latestMessages(places: readonly MessagePlace[]): Promise<readonly LatestState[]>;
  remove(keys: readonly RowKey[]): Promise<void>;
  removeMessage(place: MessagePlace): Promise<void>;
  putEndpointAttempts(attempts: readonly Attempt[]): Promise<void>;
  mergeEndpointMessages(rows: readonly EndpointMessage[]): Promise<void>;
}

/** First what stands is held against the log, then the log is gone through for what is missing. */
export const PASSES = ['views', 'log'] as const;
export type Pass = (typeof PASSES)[number];

/** How far a segment of a pass is. */
export interface SegmentProgress {
  readonly after: string | undefined;
  readonly done: boolean;
}

export interface RebuildJob {
  readonly views: readonly ViewName[];
  readonly segments: number;
  readonly startedAt: number;
  /** It was begun by an earlier run. */
  readonly resumed: boolean;
}

/** The port to where a rebuild stands, so that it goes on after an interruption. */
export interface RebuildProgress {
  /** The unfinished job of these views (with its own number of segments), or a new one. */
  open(views: readonly ViewName[], segments: number, nowMs: number): Promise<RebuildJob>;
  load(job: RebuildJob, pass: Pass, segment: Segment): Promise<SegmentProgress>;
  save(job: RebuildJob, pass: Pass, segment: Segment, at: SegmentProgress, nowMs: number): Promise<void>;
  close(job: RebuildJob): Promise<void>;
}
