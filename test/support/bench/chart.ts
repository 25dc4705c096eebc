import * as vega from 'vega';
import { compile } from 'vega-lite';
import { total } from './bill.ts';
import { PEERS } from './prices.ts';

export interface Priced {
  readonly name: string;
  readonly price: Readonly<Record<string, number>>;
}

/** Longer bars (a message to 1,000 endpoints) would hide all others; they are in the table. */
const LONGEST_BAR = 150;

/** A bar for each scenario, a part of it for each service, and a bar for each peer, as SVG. */
export const priceChart = async (all: readonly Priced[]): Promise<string> => {
  const prices = all.filter(({ price }) => total(price) <= LONGEST_BAR);
  const own = prices.flatMap(({ name, price }) =>
    Object.entries(price).map(([service, dollars]) => ({ name, service, dollars })),
  );
  const others = PEERS.map(({ name, dollars }) => ({ name, service: 'list price', dollars }));
  const { spec } = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: 'Dollars per million messages, list prices',
    width: 640,
    data: { values: [...own, ...others] },
    mark: 'bar',
    encoding: {
      y: {
        field: 'name',
        type: 'nominal',
        sort: [...prices, ...PEERS].map(({ name }) => name),
        title: null,
        axis: { labelLimit: 360 },
      },
      x: { field: 'dollars', type: 'quantitative', aggregate: 'sum', title: 'dollars' },
      color: { field: 'service', type: 'nominal', title: null, scale: { scheme: 'tableau10' } },
    },
  });
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  return view.toSVG();
};
