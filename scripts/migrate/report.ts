/** What a run did with one object of the source. */
export type Outcome = 'created' | 'same' | 'updated' | 'differs' | 'failed';
export type Kind = 'event type' | 'application' | 'endpoint';

export const KINDS: readonly Kind[] = ['event type', 'application', 'endpoint'];
const OUTCOMES: readonly Outcome[] = ['created', 'same', 'updated', 'differs', 'failed'];

/** An object whose id or uid changes for your code. */
export interface NewName {
  readonly kind: Kind;
  readonly from: string;
  readonly uid: string;
}

/** Something that a person has to do or to know. */
export interface Notice {
  readonly kind: Kind;
  readonly name: string;
  readonly text: string;
}

export interface Report {
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<Kind, Readonly<Record<Outcome, number>>>>;
  readonly notices: readonly Notice[];
  readonly failures: readonly Notice[];
  /** Objects without a uid at the source, and the uid that they have at the target. */
  readonly newNames: readonly NewName[];
  /** Applications that an earlier run had finished. */
  readonly skipped: number;
}

const zeros = (): Record<Outcome, number> => ({ created: 0, same: 0, updated: 0, differs: 0, failed: 0 });

/** Collects what happens; contains no secret and no header value. */
export const makeReport = (dryRun: boolean) => {
  const counts: Record<Kind, Record<Outcome, number>> = {
    'event type': zeros(),
    application: zeros(),
    endpoint: zeros(),
  };
  const notices: Notice[] = [];
  const failures: Notice[] = [];
  const newNames: NewName[] = [];
  let skipped = 0;
  return {
    count: (kind: Kind, outcome: Outcome) => void (counts[kind][outcome] += 1),
    notice: (notice: Notice) => void notices.push(notice),
    fail: (failure: Notice) => {
      counts[failure.kind].failed += 1;
      failures.push(failure);
    },
    renamed: (name: NewName) => void newNames.push(name),
    skip: () => void (skipped += 1),
    failed: () => failures.length,
    read: (): Report => ({ dryRun, counts, notices, failures, newNames, skipped }),
  };
};
export type ReportBook = ReturnType<typeof makeReport>;

const SHOWN = 20;

const listed = (title: string, all: readonly Notice[]): readonly string[] =>
  all.length === 0
    ? []
    : [
        '',
        title,
        ...all.slice(0, SHOWN).map(({ kind, name, text }) => `  ${kind} ${name}: ${text}`),
        ...(all.length > SHOWN ? [`  ... and ${all.length - SHOWN} more in the report`] : []),
      ];

const label = (outcome: Outcome, dryRun: boolean): string =>
  dryRun && outcome === 'created' ? 'to create' : dryRun && outcome === 'updated' ? 'to update' : outcome;

const row = (report: Report, kind: Kind): string => {
  const parts = OUTCOMES.filter((outcome) => report.counts[kind][outcome] > 0).map(
    (outcome) => `${report.counts[kind][outcome]} ${label(outcome, report.dryRun)}`,
  );
  return `  ${`${kind}s`.padEnd(13)} ${parts.join(', ') || 'none'}`;
};

/** The report for the terminal. */
export const describeReport = (report: Report): string =>
  [
    ...KINDS.map((kind) => row(report, kind)),
    ...(report.skipped > 0 ? [`  ${report.skipped} applications were finished by an earlier run`] : []),
    ...(report.newNames.length > 0
      ? [`  ${report.newNames.length} objects had no uid and got one (newNames in the report)`]
      : []),
    ...listed('To do or to know:', report.notices),
    ...listed('Failed:', report.failures),
  ].join('\n');
