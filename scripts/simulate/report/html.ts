import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Check } from '../checks.ts';
import type { Result } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { partsOf } from './table.ts';
import type { Rows } from './table.ts';

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const table = (caption: string, rows: Rows): string => {
  const [head = [], ...body] = rows;
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><caption>${escape(caption)}</caption><thead>${cells('th', head)}</thead><tbody>${body
    .map((row) => cells('td', row))
    .join('')}</tbody></table>`;
};

/** The charting library's own files, which go into the page. */
const uPlotFiles = () => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('uplot/package.json'));
  const read = (name: string) => readFileSync(join(folder, 'dist', name), 'utf8');
  return { script: read('uPlot.iife.min.js'), style: read('uPlot.min.css') };
};

/** JSON that cannot end its script element. */
const embedded = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');

const STYLE = `
  :root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1d2430; }
  body { max-width: 1080px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
  table { border-collapse: collapse; margin: 1.2rem 0; font-size: 13px; display: block; overflow-x: auto; }
  caption { text-align: left; font-weight: 600; padding: .3rem 0; }
  th, td { border: 1px solid #d5dbe5; padding: .25rem .5rem; text-align: right; }
  th:first-child, td:first-child { text-align: left; }
  thead th { background: #f1f4f9; }
  .charts { display: grid; gap: 1.5rem; }
  select { font: inherit; padding: .2rem; }
  p.note { color: #4b5568; }`;

/** Draws the series of the selected population. Runs in the page. */
const SCRIPT = `
  const runs = JSON.parse(document.getElementById('runs').textContent);
  const colors = ['#1f6feb', '#d1551a', '#1a7f37', '#8250df', '#bf3989', '#9a6700'];
  const width = () => Math.min(1040, document.body.clientWidth - 20);
  const at = document.getElementById('charts');
  let drawn = [];
  const chart = (title, unit, interval, all) => {
    const names = Object.keys(all);
    const last = Math.max(2, ...names.map((name) => all[name].reduce((end, value, index) => (value > 0 ? index + 2 : end), 0)));
    const time = Array.from({ length: last }, (_, index) => index * interval / 60);
    const data = [time, ...names.map((name) => all[name].slice(0, last))];
    const plot = new uPlot({
      title, width: width(), height: 260,
      scales: { x: { time: false } },
      axes: [{ label: 'minutes' }, { label: unit, size: 70 }],
      series: [{ label: 'minute' }, ...names.map((name, index) => ({
        label: name, stroke: colors[index % colors.length], width: 1.5,
        value: (_, value) => value == null ? '' : value.toLocaleString('en', { maximumFractionDigits: 1 }),
      }))],
    }, data, at);
    drawn.push(plot);
  };
  const show = (index) => {
    for (const plot of drawn) plot.destroy();
    drawn = [];
    const { series } = runs[index];
    const every = series.intervalSeconds;
    chart('Messages and attempts', 'a second', every, { published: series.published, succeeded: series.delivered, failed: series.failed });
    chart('Concurrent executions', 'executions', every, series.concurrency);
    chart('Messages that wait in a lane', 'messages', every, series.depth);
    chart('Age of the message received', 'seconds', every, series.age);
    chart('From the 202 to the receiver', 'ms', every, { mean: series.meanLatency, longest: series.worstLatency });
  };
  const select = document.getElementById('users');
  select.addEventListener('change', () => show(select.selectedIndex));
  addEventListener('resize', () => { for (const plot of drawn) plot.setSize({ width: width(), height: 260 }); });
  select.selectedIndex = runs.length - 1;
  show(runs.length - 1);`;

export interface Page {
  readonly scenario: Scenario;
  readonly results: readonly Result[];
  readonly checks: readonly Check[];
  /** How, when and on which machine it was made. */
  readonly made: string;
}

/** One page with everything in it: it makes no request. */
export const htmlReport = ({ scenario, results, checks, made }: Page): string => {
  const { script, style } = uPlotFiles();
  const options = results
    .map(
      ({ users, scale }) =>
        `<option>${users.toLocaleString('en')}${scale > 1 ? ` (sample 1 : ${scale})` : ''}</option>`,
    )
    .join('');
  const tables = partsOf(results, checks).map(([title, rows]) => table(title, rows));
  const data = results.map(({ users, series }) => ({ users, series }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>Posthorn simulation: ${escape(scenario.name)}</title>
<style>${style}${STYLE}</style>
</head>
<body>
<h1>${escape(scenario.name)}</h1>
<p>${escape(scenario.description)}.</p>
<p class="note">${escape(made)}</p>
${tables.join('\n')}
<h2>Over time</h2>
<p><label>Users <select id="users">${options}</select></label> Drag to zoom, double-click to reset; a click on a name hides its line.</p>
<div id="charts" class="charts"></div>
<script type="application/json" id="runs">${embedded(data)}</script>
<script>${script}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
};
