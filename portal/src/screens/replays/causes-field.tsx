import { Checkbox } from '../../components/field.tsx';
import { LoadedLine } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeTitle, isCauseCode } from '../../lib/causes.ts';
import type { CauseCode } from '../../lib/causes.ts';
import type { ReplayPlan } from '../../lib/replay-link.ts';
import { useFailures } from '../failures/use-failures.ts';
import { DAY_MS, HOUR_MS } from '../../lib/time.ts';

interface CausesFieldProps {
  readonly plan: ReplayPlan;
  readonly onChange: (changes: Partial<ReplayPlan>) => void;
}

const hourOf = (ms: number): string => new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString();

/** The causes that occurred at the endpoint, with their counts; none chosen: all. */
const Choice = ({ plan, onChange }: CausesFieldProps) => {
  const { t, number } = useI18n();
  const since = plan.since === '' ? hourOf(Date.now() - DAY_MS) : plan.since;
  const failures = useFailures({ endpoint: plan.endpoint, since, keepsPrevious: true });
  const found = failures.data?.causes ?? [];
  const codes = [
    ...new Set([
      ...found
        .map(({ code }) => code)
        .filter(isCauseCode)
        .filter((code) => plan.kind === 'bulk-replay' || !code.startsWith('canceled:')),
      ...plan.causes,
    ]),
  ];
  const countOf = (code: string) => found.find((cause) => cause.code === code)?.count;
  const toggle = (code: CauseCode, isChosen: boolean) =>
    onChange({ causes: isChosen ? [...plan.causes, code] : plan.causes.filter((each) => each !== code) });
  return (
    <fieldset class="causes" aria-busy={failures.isPlaceholderData ? 'true' : undefined}>
      <legend class="label">{t('replays.causes')}</legend>
      {codes.map((code) => {
        const count = countOf(code);
        return (
          <Checkbox
            key={code}
            label={count === undefined ? causeTitle(t, code) : `${causeTitle(t, code)} (${number(count)})`}
            checked={plan.causes.includes(code)}
            onChange={(isChosen) => toggle(code, isChosen)}
          />
        );
      })}
      <LoadedLine query={failures}>
        {() =>
          plan.causes.length === 0 ? (
            <p class="hint">{t(codes.length === 0 ? 'failures.none' : 'replays.causes.all')}</p>
          ) : null
        }
      </LoadedLine>
    </fieldset>
  );
};

export const CausesField = (props: CausesFieldProps) =>
  props.plan.endpoint === '' ? null : <Choice key={props.plan.endpoint} {...props} />;
