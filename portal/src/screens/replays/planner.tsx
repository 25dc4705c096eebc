import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';
import { useEndpointChoice } from '../../api/catalog.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { FilterBar } from '../../components/filters/filter-bar.tsx';
import { RadioGroup, Select, TextField } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { Banner, LoadFailure, failureText } from '../../components/states.tsx';
import { useToast } from '../../components/toast.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Key } from '../../i18n/i18n.tsx';
import { NO_FILTERS } from '../../lib/filters.ts';
import type { Filters } from '../../lib/filters.ts';
import { fromLocalTime, toLocalTime } from '../../lib/local-time.ts';
import { replayPlanOf } from '../../lib/replay-link.ts';
import type { ReplayPlan } from '../../lib/replay-link.ts';
import { useUnsaved } from '../../session/unsaved.ts';
import { CausesField } from './causes-field.tsx';
import { OffSpans } from './off-spans.tsx';
import { planProblem } from './replay-order.ts';
import type { PlanProblem } from './replay-order.ts';
import { usePreview, useStart } from './use-replays.ts';
import type { Order } from './use-replays.ts';

const RATES = [1, 5, 10, 50, 100, 300];
const DEFAULT_RATE = 50;

interface PartProps {
  readonly plan: ReplayPlan;
  readonly onChange: (changes: Partial<ReplayPlan>) => void;
}

const EndpointField = ({ plan, onChange, problem }: PartProps & { problem: PlanProblem | null }) => {
  const { t } = useI18n();
  const choice = useEndpointChoice();
  const endpoints = choice.data?.items ?? [];
  const isListed = plan.endpoint === '' || endpoints.some(({ id }) => id === plan.endpoint);
  return (
    <>
      <Select
        label={t('replays.endpoint')}
        value={plan.endpoint}
        error={problem === 'endpoint' ? t('replays.endpoint.choose') : undefined}
        onChange={(endpoint) => onChange({ endpoint })}
        options={[
          { value: '', label: t('replays.endpoint.choose') },
          ...(isListed ? [] : [{ value: plan.endpoint, label: plan.endpoint }]),
          ...endpoints.map(({ id, url }) => ({ value: id, label: url })),
        ]}
      />
      <LoadFailure query={choice} what={t('replays.endpoint')} />
    </>
  );
};

const DisabledNote = ({ endpointId }: { endpointId: string }) => {
  const { t } = useI18n();
  const endpoints = useEndpointChoice().data?.items ?? [];
  const isDisabled = endpoints.some(({ id, disabled }) => id === endpointId && disabled);
  if (!isDisabled) return null;
  return (
    <Banner
      tone="warning"
      action={<ButtonLink href={`/endpoints/${endpointId}`}>{t('replays.endpoint.open')}</ButtonLink>}
    >
      {t('replays.endpoint.disabled')}
    </Banner>
  );
};

const KindField = ({ plan, onChange }: PartProps) => {
  const { t } = useI18n();
  return (
    <RadioGroup
      legend={t('replays.kind')}
      value={plan.kind}
      onChange={(kind) => onChange({ kind })}
      options={[
        { value: 'recover', label: t('replays.kind.recover'), hint: t('replays.kind.recover.text') },
        { value: 'replay-missing', label: t('replays.kind.missing'), hint: t('replays.kind.missing.text') },
        { value: 'bulk-replay', label: t('replays.kind.bulk'), hint: t('replays.kind.bulk.text') },
      ]}
    />
  );
};

const PROBLEMS: Readonly<Record<Exclude<PlanProblem, 'endpoint'>, Key>> = {
  since: 'replays.since.needed',
  order: 'replays.period.order',
  long: 'replays.period.long',
};

const PeriodFields = ({ plan, onChange, problem }: PartProps & { problem: PlanProblem | null }) => {
  const { t } = useI18n();
  return (
    <div class="field-row">
      <TextField
        label={t('replays.since')}
        type="datetime-local"
        value={toLocalTime(plan.since)}
        error={problem === null || problem === 'endpoint' ? undefined : t(PROBLEMS[problem])}
        onChange={(value) => onChange({ since: fromLocalTime(value) ?? '' })}
      />
      <TextField
        label={t('replays.until')}
        type="datetime-local"
        hint={t('replays.until.now')}
        value={toLocalTime(plan.until)}
        onChange={(value) => onChange({ until: fromLocalTime(value) ?? '' })}
      />
    </div>
  );
};

interface PreviewProps {
  readonly order: Order;
  /** Counts without a click each time that this number grows. */
  readonly asked: number;
  readonly onInvalid: () => void;
}

/** First counts what would be sent; only what was counted can be sent. */
const PreviewAndStart = ({ order, asked, onInvalid }: PreviewProps) => {
  const i18n = useI18n();
  const { t } = i18n;
  const toast = useToast();
  const [, navigate] = useLocation();
  const preview = usePreview();
  const start = useStart((taskId) => {
    toast.say(t('replays.started'));
    navigate(`/replays/${taskId}`);
  });
  const counted = preview.data;
  const isCurrent = counted !== undefined && JSON.stringify(counted.order) === JSON.stringify(order);
  const isOutdated = counted !== undefined && !isCurrent;
  const count = counted?.messages ?? 0;
  const look = () => {
    if (planProblem(order.plan, Date.now()) === null) preview.mutate(order);
    else onInvalid();
  };
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked === 0) return;
    look();
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [asked]);
  return (
    <div class="preview" ref={box}>
      <div class="preview-text" role="status">
        {preview.isPending ? t('replays.preview.working') : null}
        {preview.error === null ? null : <Banner tone="danger">{failureText(preview.error, i18n)}</Banner>}
        {isCurrent && count === 0 ? t('replays.preview.none') : null}
        {isCurrent && count > 0 ? (
          <>
            <strong>
              {t(counted.complete ? 'replays.preview.count' : 'replays.preview.more', { count })}.
            </strong>{' '}
            {t('replays.preview.time', { time: i18n.duration((count / order.rate) * 1000) })}
          </>
        ) : null}
        {isOutdated ? t('replays.preview.changed') : null}
      </div>
      <div class="actions">
        <Button busy={preview.isPending} onClick={look}>
          {t('replays.preview')}
        </Button>
        {isCurrent && count > 0 ? (
          <Button variant="primary" busy={start.isPending} onClick={() => start.mutate(order)}>
            {t('replays.start', { count })}
          </Button>
        ) : null}
      </div>
    </div>
  );
};

/** Chooses what is sent again, from when to when, and how fast. */
export const Planner = () => {
  const { t, number } = useI18n();
  const search = useSearch();
  const [plan, setPlan] = useState(() => replayPlanOf(search));
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [rate, setRate] = useState(DEFAULT_RATE);
  const [showsProblem, setShowsProblem] = useState(false);
  // A link that names everything is counted at once.
  const [asked, setAsked] = useState(plan.endpoint !== '' && plan.since !== '' ? 1 : 0);
  const entered = JSON.stringify({ plan, filters, rate });
  const [initial] = useState(entered);
  useUnsaved(entered !== initial);
  const change = (changes: Partial<ReplayPlan>) => setPlan({ ...plan, ...changes });
  const sendMissed = (span: Pick<ReplayPlan, 'since' | 'until'>) => {
    change({ kind: 'replay-missing', ...span });
    setAsked(asked + 1);
  };
  const problem = showsProblem ? planProblem(plan, Date.now()) : null;
  return (
    <Card title={t('replays.new')}>
      <div class="form">
        <EndpointField plan={plan} onChange={change} problem={problem} />
        <DisabledNote endpointId={plan.endpoint} />
        <OffSpans endpointId={plan.endpoint} onChoose={sendMissed} />
        <KindField plan={plan} onChange={change} />
        {plan.kind === 'bulk-replay' ? (
          <FilterBar
            names={['status', 'class', 'type', 'channel', 'tag']}
            filters={filters}
            onChange={(changes) => setFilters({ ...filters, ...changes })}
          />
        ) : null}
        {plan.kind === 'replay-missing' ? null : <CausesField plan={plan} onChange={change} />}
        <PeriodFields plan={plan} onChange={change} problem={problem} />
        <Select
          label={t('replays.rate')}
          value={String(rate)}
          onChange={(value) => setRate(Number(value))}
          options={RATES.map((each) => ({
            value: String(each),
            label: t('replays.rate.value', { rate: number(each) }),
          }))}
        />
        <PreviewAndStart
          order={{ plan, filters, rate }}
          asked={asked}
          onInvalid={() => setShowsProblem(true)}
        />
      </div>
    </Card>
  );
};
