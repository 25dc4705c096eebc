import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';
import { axisOf, labelledIndexes } from '../lib/chart-scale.ts';
import { Table } from './table.tsx';
import { DAY_MS } from '../lib/time.ts';

export type SeriesTone = 'success' | 'danger' | 'neutral' | 'warning';

export interface Series {
  readonly name: string;
  readonly tone: SeriesTone;
  /** One value for each step. */
  readonly values: readonly number[];
}

/** A span of time that is marked behind the bars. */
export interface Band {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly label: string;
}

interface BarChartProps {
  /** What is counted, for its label and its table. */
  readonly label: string;
  /** When each step begins. */
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
}

/** Before the first measurement. */
const USUAL_WIDTH = 720;
const HEIGHT = 180;
const PLOT = { left: 40, right: 8, top: 8, bottom: 24 };
const PLOT_HEIGHT = HEIGHT - PLOT.top - PLOT.bottom;
const LABEL_WIDTH = 110;
const WIDEST_BAR = 28;

const sumAt = (series: readonly Series[], step: number) =>
  series.reduce((sum, { values }) => sum + (values[step] ?? 0), 0);

interface Plot {
  readonly count: number;
  readonly top: number;
  /** Of the bars, in px. */
  readonly width: number;
}

/** The width of an element, so that a chart is drawn in pixels and its text is as large as other text. */
const useWidth = () => {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(USUAL_WIDTH);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const measure = ([entry]: readonly ResizeObserverEntry[]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
};

const xOf = (index: number, { count, width }: Plot) => PLOT.left + (index / count) * width;
const yOf = (value: number, { top }: Plot) => PLOT.top + PLOT_HEIGHT * (1 - value / top);

const Bars = ({ series, plot }: { series: readonly Series[]; plot: Plot }) => {
  const slot = plot.width / plot.count;
  const width = Math.min(WIDEST_BAR, Math.max(1, slot * 0.72));
  return (
    <>
      {Array.from({ length: plot.count }, (_, step) => {
        let below = 0;
        return series.map(({ tone, values }) => {
          const value = values[step] ?? 0;
          if (value === 0) return null;
          const y = yOf(below + value, plot);
          const height = Math.max(1, yOf(below, plot) - y);
          below += value;
          return (
            <rect
              key={`${step}${tone}`}
              class={`bar ${tone}`}
              x={xOf(step, plot) + (slot - width) / 2}
              y={y}
              width={width}
              height={height}
              rx={Math.min(2, width / 4)}
            />
          );
        });
      })}
    </>
  );
};

const Bands = ({
  bands,
  stepsMs,
  stepMs,
  plot,
}: Required<Pick<BarChartProps, 'bands' | 'stepsMs' | 'stepMs'>> & { plot: Plot }) => {
  const start = stepsMs[0] ?? 0;
  const end = start + stepMs * plot.count;
  const x = (ms: number) =>
    PLOT.left + ((Math.min(end, Math.max(start, ms)) - start) / (end - start)) * plot.width;
  return (
    <>
      {bands
        .filter(({ fromMs, untilMs }) => untilMs > start && fromMs < end)
        .map(({ fromMs, untilMs, label }) => (
          <rect
            key={fromMs}
            class="band"
            x={x(fromMs)}
            y={PLOT.top}
            width={Math.max(3, x(untilMs) - x(fromMs))}
            height={PLOT_HEIGHT}
          >
            <title>{label}</title>
          </rect>
        ))}
    </>
  );
};

const ChartTable = ({ label, stepsMs, series }: Pick<BarChartProps, 'label' | 'stepsMs' | 'series'>) => {
  const i18n = useI18n();
  return (
    <details class="chart-table">
      <summary>{i18n.t('chart.table')}</summary>
      <div class="chart-table-rows">
        <Table
          caption={label}
          columns={[
            { label: i18n.t('chart.time') },
            ...series.map(({ name }) => ({ label: name, kind: 'number' as const })),
          ]}
        >
          {stepsMs.map((atMs, step) => (
            <tr key={atMs}>
              <th scope="row">
                <time dateTime={new Date(atMs).toISOString()}>{i18n.short(atMs)}</time>
              </th>
              {series.map(({ name, values }) => (
                <td class="number" key={name}>
                  {i18n.number(values[step] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </div>
    </details>
  );
};

/** Stacked bars over time, with the same numbers as a table. */
export const BarChart = ({ label, stepsMs, stepMs, series, bands = [] }: BarChartProps) => {
  const i18n = useI18n();
  const id = useId();
  const count = Math.max(1, stepsMs.length);
  const { top, ticks } = axisOf(Math.max(0, ...stepsMs.map((_, step) => sumAt(series, step))));
  const { element, width } = useWidth();
  const plot = { count, top, width: Math.max(1, width - PLOT.left - PLOT.right) };
  const slot = plot.width / count;
  const describe = (step: number) =>
    [
      i18n.short(stepsMs[step] ?? 0),
      ...series.map(({ name, values }) => `${name}: ${i18n.number(values[step] ?? 0)}`),
    ].join('\n');
  return (
    <figure ref={element} class="chart" aria-labelledby={id}>
      <figcaption class="chart-legend">
        <span id={id} class="visually-hidden">
          {label}
        </span>
        {series.map(({ name, tone }) => (
          <span class="legend" key={name}>
            <span class={`legend-mark ${tone}`} aria-hidden="true" /> {name}
          </span>
        ))}
        {bands.length === 0 ? null : (
          <span class="legend">
            <span class="legend-mark off" aria-hidden="true" /> {i18n.t('chart.off')}
          </span>
        )}
      </figcaption>
      <svg
        class="chart-plot"
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-labelledby={id}
      >
        <Bands bands={bands} stepsMs={stepsMs} stepMs={stepMs} plot={plot} />
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              class="grid-line"
              x1={PLOT.left}
              x2={width - PLOT.right}
              y1={yOf(tick, plot)}
              y2={yOf(tick, plot)}
            />
            <text class="axis-label" x={PLOT.left - 6} y={yOf(tick, plot) + 4} text-anchor="end">
              {i18n.compact(tick)}
            </text>
          </g>
        ))}
        <Bars series={series} plot={plot} />
        {labelledIndexes(count, Math.max(2, Math.floor(plot.width / LABEL_WIDTH))).map((step) => (
          <text class="axis-label" key={step} x={xOf(step, plot)} y={HEIGHT - 6}>
            {stepMs >= DAY_MS ? i18n.day(stepsMs[step] ?? 0) : i18n.clock(stepsMs[step] ?? 0)}
          </text>
        ))}
        {stepsMs.map((atMs, step) => (
          <rect class="hit" key={atMs} x={xOf(step, plot)} y={PLOT.top} width={slot} height={PLOT_HEIGHT}>
            <title>{describe(step)}</title>
          </rect>
        ))}
      </svg>
      <ChartTable label={label} stepsMs={stepsMs} series={series} />
    </figure>
  );
};
