import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { GraphWidget, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceFunction } from '../building-blocks/service-function.ts';

type Functions = Readonly<Record<string, ServiceFunction<unknown>>>;

const PERIOD = Duration.minutes(1);
/** Written by functions/platform/lambda/facts.ts. */
const NAMESPACE = 'Posthorn';

const fact = (
  name: string,
  { lambda }: ServiceFunction<unknown>,
  label: string,
  statistic: string,
): IMetric =>
  new Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: { function: lambda.functionName },
    ...{ statistic, label, period: PERIOD },
  });

/** Every value of a dimension, whatever its values are. */
const byDimension = (name: string, dimension: string, functions: Functions): IMetric[] =>
  Object.entries(functions).map(
    ([label, { lambda }]) =>
      new MathExpression({
        expression: `SEARCH('{${NAMESPACE},function,${dimension}} MetricName="${name}" function="${lambda.functionName}"', 'Sum', 60)`,
        label,
        usingMetrics: {},
        period: PERIOD,
      }),
  );

/** The functions that deliver: one a lane. */
const lanesIn = (functions: Functions): Functions =>
  Object.fromEntries(Object.entries(functions).filter(([name]) => name.startsWith('deliver')));

/** Rows of widgets about messages and deliveries. */
export const domainWidgets = (functions: Functions): GraphWidget[][] => {
  const lanes = lanesIn(functions);
  const sums = (name: string, some: Functions) =>
    Object.entries(some).map(([label, fn]) => fact(name, fn, `${name} ${label}`, 'Sum'));
  const percentiles = (name: string) =>
    Object.entries(lanes).flatMap(([label, fn]) =>
      ['p50', 'p95', 'p99'].map((statistic) => fact(name, fn, `${label} ${statistic}`, statistic)),
    );
  const widget = (title: string, left: IMetric[]) => new GraphWidget({ title, width: 12, left });
  const { publish } = functions;
  return [
    [
      widget('Messages accepted, deliveries delivered, by lane', [
        ...(publish === undefined ? [] : sums('Accepted', { publish })),
        ...sums('Delivered', lanes),
      ]),
      widget('Failed attempts by cause', byDimension('FailedAttempts', 'cause', lanes)),
    ],
    [
      widget('Retries, exhausted deliveries, breakers opened, duplicates avoided', [
        ...sums('RetriesScheduled', lanes),
        ...sums('Exhausted', lanes),
        ...sums('BreakerOpened', lanes),
        ...sums('DuplicatesAvoided', { ...(publish === undefined ? {} : { publish }), ...lanes }),
      ]),
      widget('Dropped deliveries by reason', byDimension('Dropped', 'reason', lanes)),
    ],
    [
      widget('Time from acceptance to first attempt (ms)', percentiles('TimeToFirstAttempt')),
      widget('Latency of receivers (ms)', percentiles('ReceiverLatency')),
    ],
  ];
};
