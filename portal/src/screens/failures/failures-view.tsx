import { Link } from 'wouter-preact';
import { useEndpointChoice } from '../../api/catalog.ts';
import { BarChart } from '../../components/bar-chart.tsx';
import { Card } from '../../components/page.tsx';
import { Banner, Empty } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeAdvice, causeTitle } from '../../lib/causes.ts';
import { planFor, replayHref } from '../../lib/replay-link.ts';
import { useCan } from '../../session/use-session.tsx';
import { failureSteps } from './failure-steps.ts';
import type { CountedFailures, EndpointShare } from './add-failures.ts';
import { HOUR_MS } from '../../lib/time.ts';

const Figures = ({ counted: { failed, canceled } }: { counted: CountedFailures }) => {
  const { t, number } = useI18n();
  return (
    <div class="figures">
      <div>
        <p class="figure-label">{t('failures.failed')}</p>
        <p class="figure-value">{number(failed)}</p>
      </div>
      <div>
        <p class="figure-label">{t('failures.canceled')}</p>
        <p class="figure-value">{number(canceled)}</p>
      </div>
    </div>
  );
};

interface CausesProps {
  readonly counted: CountedFailures;
  readonly endpoint: string | null;
}

const CauseRow = ({
  counted,
  endpoint,
  cause,
}: CausesProps & { cause: CountedFailures['causes'][number] }) => {
  const { t, number, percent } = useI18n();
  const can = useCan('CreateAttempts');
  const total = counted.failed + counted.canceled;
  const share = total === 0 ? 0 : cause.count / total;
  const title = causeTitle(t, cause.code);
  const plan = planFor(cause.code, counted);
  return (
    <tr>
      <th scope="row">
        {endpoint === null ? (
          title
        ) : (
          <Link href={`/endpoints/${endpoint}/deliveries?cause=${encodeURIComponent(cause.code)}`}>
            {title}
          </Link>
        )}
        <span class="cell-sub">{causeAdvice(t, cause)}</span>
      </th>
      <td class="number">{number(cause.count)}</td>
      <td class="wide">
        <span class="share">
          <meter class="share-meter" min={0} max={1} value={share} aria-hidden="true" />
          {percent(share)}
        </span>
      </td>
      <td class="number">
        {endpoint === null || plan === null || !can ? null : (
          <Link
            href={replayHref({ ...plan, endpoint })}
            class="button secondary small"
            aria-label={t('failures.replay.of', { cause: title })}
          >
            {t('failures.replay')}
          </Link>
        )}
      </td>
    </tr>
  );
};

const Causes = ({ counted, endpoint }: CausesProps) => {
  const { t } = useI18n();
  return (
    <Card
      title={t('failures.causes')}
      flush
      {...(endpoint === null && counted.endpoints.length > 0 ? { description: t('failures.choose') } : {})}
    >
      <Table
        caption={t('failures.causes')}
        columns={[
          { label: t('failures.cause') },
          { label: t('failures.count'), kind: 'number' },
          { label: t('failures.share'), kind: 'wide' },
          { label: t('failures.replay'), hidden: true },
        ]}
      >
        {counted.causes.map((cause) => (
          <CauseRow key={cause.code} counted={counted} endpoint={endpoint} cause={cause} />
        ))}
      </Table>
    </Card>
  );
};

interface EndpointsProps {
  readonly shares: readonly EndpointShare[];
  readonly onChoose: (endpointId: string) => void;
}

const MOST_SHOWN = 50;

const Endpoints = ({ shares, onChoose }: EndpointsProps) => {
  const { t, number } = useI18n();
  const endpoints = useEndpointChoice().data?.items ?? [];
  const urlOf = (id: string) => endpoints.find((endpoint) => endpoint.id === id)?.url ?? id;
  if (shares.length === 0) return null;
  return (
    <Card title={t('failures.endpoints')} flush>
      <Table
        caption={t('failures.endpoints')}
        columns={[
          { label: t('failures.endpoint') },
          { label: t('failures.failed'), kind: 'number' },
          { label: t('failures.canceled'), kind: 'number' },
        ]}
      >
        {shares.slice(0, MOST_SHOWN).map(({ endpointId, failed, canceled }) => (
          <tr key={endpointId}>
            <th scope="row">
              <button type="button" class="link break" onClick={() => onChoose(endpointId)}>
                {urlOf(endpointId)}
              </button>
            </th>
            <td class="number">{number(failed)}</td>
            <td class="number">{number(canceled)}</td>
          </tr>
        ))}
      </Table>
    </Card>
  );
};

const Hours = ({ counted }: { counted: CountedFailures }) => {
  const { t } = useI18n();
  const steps = failureSteps(counted);
  return (
    <Card title={t('failures.hours')}>
      <BarChart
        label={t('failures.hours.chart')}
        stepsMs={steps.map(({ atMs }) => atMs)}
        stepMs={steps[1] === undefined || steps[0] === undefined ? HOUR_MS : steps[1].atMs - steps[0].atMs}
        series={[
          { name: t('failures.failed'), tone: 'danger', values: steps.map(({ failed }) => failed) },
          { name: t('failures.canceled'), tone: 'warning', values: steps.map(({ canceled }) => canceled) },
        ]}
      />
    </Card>
  );
};

interface FailuresViewProps {
  readonly counted: CountedFailures;
  /** Null: the whole application. */
  readonly endpoint: string | null;
  readonly onChooseEndpoint: (endpointId: string) => void;
}

/** Failures by cause, by endpoint and by hour. */
export const FailuresView = ({ counted, endpoint, onChooseEndpoint }: FailuresViewProps) => {
  const { t } = useI18n();
  if (counted.failed + counted.canceled === 0) {
    return (
      <div class="card">
        <Empty title={t('failures.none')} icon="check">
          {t('failures.none.text')}
        </Empty>
      </div>
    );
  }
  return (
    <div class="stack">
      {counted.complete ? null : <Banner tone="warning">{t('failures.incomplete')}</Banner>}
      <Card>
        <Figures counted={counted} />
      </Card>
      <Causes counted={counted} endpoint={endpoint} />
      <Endpoints shares={counted.endpoints} onChoose={onChooseEndpoint} />
      <Hours counted={counted} />
    </div>
  );
};
