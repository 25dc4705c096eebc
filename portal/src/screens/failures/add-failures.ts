import type { ApplicationFailures, Failures } from '../../api/types.ts';

export interface EndpointShare {
  readonly endpointId: string;
  readonly failed: number;
  readonly canceled: number;
}

export interface CountedFailures extends Failures {
  /** Empty for one endpoint. */
  readonly endpoints: readonly EndpointShare[];
}

type Counts = Readonly<Record<string, number>>;

const sum = (counts: readonly Counts[]): Counts => {
  const total: Record<string, number> = {};
  for (const [code, count] of counts.flatMap(Object.entries<number>))
    total[code] = (total[code] ?? 0) + count;
  return total;
};

/** The pages of an application's failures as one. `isAll`: there are no further pages. */
export const addFailures = (pages: readonly ApplicationFailures[], isAll: boolean): CountedFailures => {
  const byCode = Map.groupBy(
    pages.flatMap(({ causes }) => causes),
    ({ code }) => code,
  );
  const causes = [...byCode.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [{ ...first, count: more.reduce((all, { count }) => all + count, first.count) }],
  );
  const byHour = Map.groupBy(
    pages.flatMap(({ hours }) => hours),
    ({ hour }) => hour,
  );
  const hours = [...byHour].map(([hour, all]) => ({ hour, causes: sum(all.map((each) => each.causes)) }));
  return {
    since: pages[0]?.since ?? '',
    until: pages[0]?.until ?? '',
    failed: pages.reduce((all, { failed }) => all + failed, 0),
    canceled: pages.reduce((all, { canceled }) => all + canceled, 0),
    causes: causes.toSorted((one, other) => other.count - one.count),
    hours: hours.toSorted((one, other) => (one.hour < other.hour ? -1 : 1)),
    endpoints: pages
      .flatMap(({ endpoints }) => endpoints)
      .toSorted((one, other) => other.failed + other.canceled - (one.failed + one.canceled)),
    complete: isAll && pages.every(({ complete }) => complete),
  };
};
