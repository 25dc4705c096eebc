import { useMemo } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';
import { useOffSpans, useStepCounts } from '../../api/endpoints.ts';
import type { Endpoint, OffSpan } from '../../api/types.ts';
import { BarChart } from '../../components/bar-chart.tsx';
import type { Band } from '../../components/bar-chart.tsx';
import { Card } from '../../components/page.tsx';
import { Segments } from '../../components/segments.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { I18n } from '../../i18n/i18n.tsx';
import type { Counts } from '../../lib/health.ts';
import { successShare } from '../../lib/health.ts';
import { PERIODS, periodOf, stepMsOf, stepsOf } from '../../lib/periods.ts';
import type { Period, Step } from '../../lib/periods.ts';
import { HOUR_MS } from '../../lib/time.ts';

const PERIOD_NAMES = Object.keys(PERIODS).map(periodOf);

const bandsOf = (spans: readonly OffSpan[], { t, short }: I18n): readonly Band[] =>
  spans.map(({ since, until }) => {
    const fromMs = Date.parse(since);
    const untilMs = until === null ? Date.now() : Date.parse(until);
    const label =
      until === null
        ? t('overview.off.band.now', { since: short(fromMs) })
        : t('overview.off.band', { since: short(fromMs), until: short(untilMs) });
    return { fromMs, untilMs, label };
  });

const totalOf = (counts: readonly Counts[]): Counts => ({
  success: counts.reduce((sum, { success }) => sum + success, 0),
  fail: counts.reduce((sum, { fail }) => sum + fail, 0),
});

const Figures = ({ total }: { total: Counts }) => {
  const { t, number, percent } = useI18n();
  const share = successShare(total);
  const figures: readonly (readonly [string, string])[] = [
    [t('overview.share'), share === null ? '–' : percent(share)],
    [t('overview.succeeded'), number(total.success)],
    [t('overview.failed'), number(total.fail)],
  ];
  return (
    <dl class="figures">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt class="figure-label">{label}</dt>
          <dd class="figure-value">{value}</dd>
        </div>
      ))}
    </dl>
  );
};

interface ChartProps {
  readonly counts: readonly Counts[];
  readonly steps: readonly Step[];
  readonly period: Period;
  readonly spans: readonly OffSpan[];
}

const Chart = ({ counts, steps, period, spans }: ChartProps) => {
  const i18n = useI18n();
  const { t } = i18n;
  const total = totalOf(counts);
  const bands = bandsOf(spans, i18n);
  const startMs = steps[0]?.sinceMs ?? 0;
  if (total.success + total.fail === 0 && bands.every(({ untilMs }) => untilMs < startMs)) {
    return (
      <Empty title={t('overview.none.title')} icon="bolt">
        {t('overview.none.text')}
      </Empty>
    );
  }
  return (
    <div class="stack">
      <Figures total={total} />
      <BarChart
        label={t('overview.chart')}
        stepsMs={steps.map(({ sinceMs }) => sinceMs)}
        stepMs={stepMsOf(period)}
        series={[
          { name: t('overview.succeeded'), tone: 'success', values: counts.map(({ success }) => success) },
          { name: t('overview.failed'), tone: 'danger', values: counts.map(({ fail }) => fail) },
        ]}
        bands={bands.filter(({ untilMs }) => untilMs >= startMs)}
      />
    </div>
  );
};

/** Attempts over time by outcome, with the times in which the endpoint was off. */
export const ActivityCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const [path, navigate] = useLocation();
  const period = periodOf(new URLSearchParams(useSearch()).get('period'));
  const hour = Math.floor(Date.now() / HOUR_MS);
  const steps = useMemo(() => stepsOf(period, hour * HOUR_MS), [period, hour]);
  const counts = useStepCounts(endpoint.id, steps);
  const { data: spans = [] } = useOffSpans(endpoint.id, true);
  return (
    <Card
      title={t('overview.activity')}
      actions={
        <Segments
          label={t('overview.period')}
          value={period}
          onChange={(chosen) => navigate(`${path}?period=${chosen}`, { replace: true })}
          options={PERIOD_NAMES.map((value) => ({ value, label: t(`overview.period.${value}`) }))}
        />
      }
    >
      <Loaded query={counts} lines={7}>
        {(data) => <Chart counts={data} steps={steps} period={period} spans={spans} />}
      </Loaded>
    </Card>
  );
};
