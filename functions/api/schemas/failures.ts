import * as z from 'zod';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import { explain, isCause, receiverOf } from '../../deliver/explanation.domain.ts';
import type { Cause } from '../../deliver/explanation.domain.ts';
import {
  NO_FAILURES,
  addFailures,
  totalsOf,
} from '../../read-models/hourly-statistics/endpoint-hours.domain.ts';
import type { FailuresByHour } from '../../read-models/hourly-statistics/endpoint-hours.domain.ts';
import type { CountedFailures } from '../../read-models/hourly-statistics/statistics.flow.ts';
import type { StatisticsRange } from '../statistics-period.ts';
import { instant } from '../wire/json.ts';
import { causeOut } from './attempt-details.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const count = () => z.int();
const dateTime = () => z.string().meta({ format: 'date-time' });

const causeCountOut = component('CauseCountOut', () => ({ ...causeOut().shape, count: count() }));

const failureHourOut = component('FailureHourOut', () => ({
  hour: dateTime().meta({ description: 'The first instant of the hour' }),
  causes: z.record(z.string(), count()).meta({ description: 'Attempts by cause' }),
}));

const shape = () => ({
  since: dateTime(),
  until: dateTime(),
  failed: count().meta({ description: 'Failed attempts' }),
  canceled: count().meta({ description: 'Canceled deliveries' }),
  causes: z.array(causeCountOut()).meta({ description: 'The most frequent first' }),
  hours: z.array(failureHourOut()).meta({ description: 'Hours with failures, oldest first' }),
  complete: z.boolean().meta({ description: '`false`: there are more than were counted' }),
});

export const endpointFailuresOut = component('EndpointFailuresOut', shape);

const endpointCountOut = component('EndpointFailureCountOut', () => ({
  endpointId: z.string(),
  failed: count(),
  canceled: count(),
}));

export const applicationFailuresOut = component('ApplicationFailuresOut', () => ({
  ...shape(),
  endpoints: z.array(endpointCountOut()).meta({ description: 'Endpoints with failures, most first' }),
  iterator: z.string().nullable().meta({ description: 'Where the next page of endpoints begins' }),
  done: z.boolean(),
}));

/** What was counted at one endpoint. */
export interface EndpointFailures {
  readonly endpoint: Endpoint;
  readonly counted: CountedFailures;
}

/** `status_5xx` mentions its class, since the statuses of many attempts differ. */
const STATUS_CLASSES: Partial<Readonly<Record<Cause, string>>> = {
  redirect: '3xx',
  status_4xx: '4xx',
  status_5xx: '5xx',
  status_unexpected: 'outside of 200 to 599',
};

const totalAt = ({ counted }: EndpointFailures, cause: string): number =>
  totalsOf(0, counted.failures).causes[cause] ?? 0;

/** The endpoint that a cause occurred at most often: its host is mentioned. */
const exampleOf = (all: readonly EndpointFailures[], cause: string): Endpoint | undefined =>
  all.reduce<EndpointFailures | undefined>(
    (most, one) => (most === undefined || totalAt(one, cause) > totalAt(most, cause) ? one : most),
    undefined,
  )?.endpoint;

const explained = (
  code: string,
  all: readonly EndpointFailures[],
  { requestTimeout: timeoutSeconds }: OrganizationSettings,
) =>
  isCause(code)
    ? explain(code, {
        ...receiverOf(exampleOf(all, code)?.url ?? ''),
        ...{ timeoutSeconds, status: STATUS_CLASSES[code] ?? '' },
      })
    : { code, sentence: '', advice: '' };

const printHours = (failures: FailuresByHour) =>
  [...failures]
    .toSorted(([left], [right]) => left - right)
    .map(([hour, causes]) => ({ hour: instant(hour), causes: { ...causes } }));

export const printFailures = (
  { first, last }: StatisticsRange,
  all: readonly EndpointFailures[],
  settings: OrganizationSettings,
): ValueOf<typeof endpointFailuresOut> => {
  const failures = all.map(({ counted }) => counted.failures).reduce(addFailures, NO_FAILURES);
  const { failed, canceled, causes } = totalsOf(0, failures);
  const counts = Object.entries(causes).toSorted(([, left], [, right]) => right - left);
  return {
    ...{ since: instant(first), until: instant(last + 1), failed, canceled },
    causes: counts.map(([code, total]) => ({ ...explained(code, all, settings), count: total })),
    hours: printHours(failures),
    complete: all.every(({ counted }) => counted.complete),
  };
};

/** The endpoints that have failures, most first. */
export const printEndpoints = (
  all: readonly EndpointFailures[],
): ValueOf<typeof applicationFailuresOut>['endpoints'] =>
  all
    .map(({ endpoint, counted }) => {
      const { failed, canceled } = totalsOf(0, counted.failures);
      return { endpointId: endpoint.id, failed, canceled };
    })
    .filter(({ failed, canceled }) => failed + canceled > 0)
    .toSorted((left, right) => right.failed + right.canceled - left.failed - left.canceled);
