import * as vega from 'vega';
import { compile } from 'vega-lite';
import type { Result } from '../result.ts';

const WIDTH = 260;
const HEIGHT = 200;

/** Lines of the grid: a line for each ninth part of a decade would be most of the picture. */
const DECADES = Array.from({ length: 9 }, (_, power) => 10 ** power);

const users = {
  field: 'users',
  type: 'quantitative',
  scale: { type: 'log' },
  title: 'users',
  axis: { format: '~s', values: DECADES },
} as const;

const panel = (title: string, values: readonly object[], unit: string) =>
  ({
    title,
    width: WIDTH,
    height: HEIGHT,
    data: { values: [...values] },
    mark: { type: 'line', point: true },
    encoding: {
      x: users,
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { type: 'log' },
        title: unit,
        axis: { format: '~s', values: DECADES },
      },
      color: { field: 'name', type: 'nominal', title: null, scale: { scheme: 'tableau10' } },
    },
  }) as const;

/** Logarithmic axes have no zero. */
const positive = ({ value }: { readonly value: number }) => value > 0;

/** Latency, concurrency and price against the number of users, as SVG. */
export const scaleChart = async (results: readonly Result[]): Promise<string> => {
  const by = (of: (one: Result) => Readonly<Record<string, number>>) =>
    results
      .flatMap((one) => Object.entries(of(one)).map(([name, value]) => ({ users: one.users, name, value })))
      .filter(positive);
  const { spec } = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    hconcat: [
      panel(
        'From the 202 to the receiver',
        by(({ latency: { p50, p95 }, steadyLatency }) => ({
          p50,
          p95,
          'p95, steady': steadyLatency.p95,
        })),
        'ms',
      ),
      panel(
        'Concurrent executions, at most',
        by(({ concurrency, concurrencyOf }) => ({ 'all functions': concurrency, ...concurrencyOf })),
        'executions',
      ),
      panel(
        'Dollars a month, list prices',
        by(({ dollarsPerMonth }) => ({ 'all services': dollarsPerMonth })),
        'dollars',
      ),
    ],
    resolve: { scale: { color: 'independent' } },
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
};
