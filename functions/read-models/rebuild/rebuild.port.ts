import type { Key } from '../../platform/dynamodb/keys.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { Segment, SegmentPage } from '../../platform/dynamodb/segment-scan.ts';
import type { EndpointHour } from '../hourly-statistics/endpoint-hours.domain.ts';
import type { EndpointMessage } from '../messages-by-endpoint/endpoint-messages.domain.ts';
import type { MessagePlace, LatestState } from '../latest-state.domain.ts';

/** The read models that can be rebuilt. */
export const VIEWS = ['endpoint-attempts', 'endpoint-messages', 'endpoint-hours'] as const;
export type ViewName = (typeof VIEWS)[number];

/** The port to the log of attempts, without responses. All reads are strongly consistent. */
export interface RebuildLog {
  /** An item is undefined if this release cannot parse its row. */
  scan(segment: Segment, after: string | undefined): Promise<SegmentPage<Attempt | undefined>>;
  attemptsAt(place: MessagePlace): Promise<readonly Attempt[]>;
  /** The recorded attempts with the same keys, in the order given. */
  findMany(attempts: readonly Attempt[]): Promise<readonly (Attempt | undefined)[]>;
}

/** A row of a read model, classified by its key; its content may be invalid. */
export type ViewItem =
  | {
      readonly view: 'endpoint-attempts';
      readonly key: Key;
      readonly hour: EndpointHour;
      /** undefined: the row does not parse or has the wrong key. */
      readonly attempt: Attempt | undefined;
    }
  | { readonly view: 'endpoint-messages'; readonly place: MessagePlace }
  | { readonly view: 'endpoint-hours'; readonly hour: EndpointHour }
  /** A key that the projection never writes. */
  | { readonly view: ViewName; readonly stray: Key };

/** The port to the read models for a rebuild. */
export interface RebuildViews {
  scan(segment: Segment, after: string | undefined): Promise<SegmentPage<ViewItem>>;
  /** Whether exactly these rows are stored, in the order given. */
  latestAttempts(attempts: readonly Attempt[]): Promise<readonly boolean[]>;
  latestMessages(places: readonly MessagePlace[]): Promise<readonly LatestState[]>;
  remove(keys: readonly Key[]): Promise<void>;
  removeMessage(place: MessagePlace): Promise<void>;
  putEndpointAttempts(attempts: readonly Attempt[]): Promise<void>;
  mergeEndpointMessages(rows: readonly EndpointMessage[]): Promise<void>;
}

/** `views` compares stored rows with the log, then `log` adds what is missing. */
export const PASSES = ['views', 'log'] as const;
export type Pass = (typeof PASSES)[number];

/** The progress of a segment within a pass. */
export interface SegmentProgress {
  readonly after: string | undefined;
  readonly done: boolean;
}

export interface RebuildJob {
  readonly views: readonly ViewName[];
  readonly segments: number;
  readonly startedAt: number;
  /** An earlier run started it. */
  readonly resumed: boolean;
}

/** The port to the stored progress of rebuilds. */
export interface RebuildProgress {
  /** Returns the unfinished job of these views with the number of segments that it started with, or a new job. */
  open(views: readonly ViewName[], segments: number, nowMs: number): Promise<RebuildJob>;
  load(job: RebuildJob, pass: Pass, segment: Segment): Promise<SegmentProgress>;
  save(job: RebuildJob, pass: Pass, segment: Segment, at: SegmentProgress, nowMs: number): Promise<void>;
  close(job: RebuildJob): Promise<void>;
}
