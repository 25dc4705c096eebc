import type { FunctionComponent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useEndpointChoice, useEventTypeNames } from '../../api/catalog.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Key } from '../../i18n/i18n.tsx';
import { CAUSE_CODES, causeTitle, isCauseCode } from '../../lib/causes.ts';
import { NO_FILTERS, RANGES, STATUSES, STATUS_CLASSES, isFiltered } from '../../lib/filters.ts';
import type { Filters, Range, Status } from '../../lib/filters.ts';
import { fromLocalTime, toLocalTime } from '../../lib/local-time.ts';
import { Button } from '../button.tsx';
import { Select, TextField } from '../field.tsx';
import { Icon } from '../icon.tsx';
import { LoadFailure } from '../states.tsx';

export type FilterName =
  'status' | 'class' | 'cause' | 'type' | 'endpoint' | 'channel' | 'tag' | 'range' | 'period';

interface FilterProps {
  readonly filters: Filters;
  readonly onChange: (changes: Partial<Filters>) => void;
}

const RANGE_TEXTS: Readonly<Record<Range, Key>> = {
  '1h': 'filter.range.1h',
  '5h': 'filter.range.5h',
  '24h': 'filter.range.24h',
  '7d': 'filter.range.7d',
  '28d': 'filter.range.28d',
};

const isRange = (value: string): value is Range => Object.hasOwn(RANGES, value);

const RangeFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  const hasEnds = filters.after !== null || filters.before !== null;
  const [isCustom, setCustom] = useState(hasEnds);
  const choose = (value: string) => {
    setCustom(value === 'custom');
    if (value !== 'custom') onChange({ range: isRange(value) ? value : null, after: null, before: null });
  };
  const ranges = Object.keys(RANGES).filter(isRange);
  return (
    <>
      <Select
        label={t('filter.range')}
        value={isCustom || hasEnds ? 'custom' : (filters.range ?? '')}
        onChange={choose}
        options={[
          { value: '', label: t('filter.range.any') },
          ...ranges.map((range) => ({ value: range, label: t(RANGE_TEXTS[range]) })),
          { value: 'custom', label: t('filter.range.custom') },
        ]}
      />
      {isCustom || hasEnds ? (
        <>
          <TextField
            label={t('filter.after')}
            type="datetime-local"
            value={toLocalTime(filters.after)}
            onChange={(value) => onChange({ after: fromLocalTime(value), range: null })}
          />
          <TextField
            label={t('filter.before')}
            type="datetime-local"
            value={toLocalTime(filters.before)}
            onChange={(value) => onChange({ before: fromLocalTime(value), range: null })}
          />
        </>
      ) : null}
    </>
  );
};

/** The time that is counted over: always one of the ranges. */
const PeriodFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  const periods = ['24h', '7d', '28d'] as const;
  return (
    <Select
      label={t('filter.range')}
      value={filters.range ?? '24h'}
      onChange={(value) => onChange({ range: isRange(value) ? value : null, after: null, before: null })}
      options={periods.map((range) => ({ value: range, label: t(RANGE_TEXTS[range]) }))}
    />
  );
};

const STATUS_TEXTS: Readonly<Record<Status, Key>> = {
  succeeded: 'status.succeeded',
  failed: 'status.failed',
  canceled: 'status.canceled',
  sending: 'status.sending',
};

const StatusFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  return (
    <Select
      label={t('filter.status')}
      value={filters.status ?? ''}
      onChange={(value) => onChange({ status: STATUSES.find((status) => status === value) ?? null })}
      options={[
        { value: '', label: t('filter.status.any') },
        ...STATUSES.map((status) => ({ value: status, label: t(STATUS_TEXTS[status]) })),
      ]}
    />
  );
};

const ClassFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  return (
    <Select
      label={t('filter.class')}
      value={filters.statusClass === null ? '' : String(filters.statusClass)}
      onChange={(value) =>
        onChange({ statusClass: STATUS_CLASSES.find((each) => String(each) === value) ?? null })
      }
      options={[
        { value: '', label: t('filter.class.any') },
        ...STATUS_CLASSES.map((each) => ({
          value: String(each),
          label: each === 0 ? t('filter.class.none') : `${each / 100}xx`,
        })),
      ]}
    />
  );
};

const CauseFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  return (
    <Select
      label={t('filter.cause')}
      value={filters.causes[0] ?? ''}
      onChange={(value) => onChange({ causes: isCauseCode(value) ? [value] : [] })}
      options={[
        { value: '', label: t('filter.cause.any') },
        ...CAUSE_CODES.map((code) => ({ value: code, label: causeTitle(t, code) })),
      ]}
    />
  );
};

const EndpointFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  const choice = useEndpointChoice();
  const endpoints = choice.data?.items ?? [];
  const chosen = filters.endpoint;
  const isListed = chosen === null || endpoints.some(({ id, uid }) => id === chosen || uid === chosen);
  return (
    <>
      <Select
        label={t('filter.endpoint')}
        value={chosen ?? ''}
        // Statuses and causes are known for an endpoint only.
        onChange={(value) =>
          onChange(
            value === ''
              ? { endpoint: null, status: null, statusClass: null, causes: [] }
              : { endpoint: value },
          )
        }
        options={[
          { value: '', label: t('filter.endpoint.any') },
          ...(isListed ? [] : [{ value: chosen, label: chosen }]),
          ...endpoints.map(({ id, url, description }) => ({
            value: id,
            label: description === '' ? url : description,
          })),
        ]}
      />
      <LoadFailure query={choice} what={t('filter.endpoint')} />
    </>
  );
};

/** Adds one event type after the other. */
const TypeFilter = ({ filters, onChange }: FilterProps) => {
  const { t } = useI18n();
  const list = useId();
  const [typed, setTyped] = useState('');
  const names = useEventTypeNames().data?.items.map(({ name }) => name) ?? [];
  const type = (value: string) => {
    const name = value.trim();
    const isChosen = names.includes(name);
    setTyped(isChosen ? '' : value);
    if (isChosen) onChange({ eventTypes: [...new Set([...filters.eventTypes, name])] });
  };
  return (
    <div class="field">
      <label class="label" for={`${list}-input`}>
        {t('filter.type')}
      </label>
      <input
        type="text"
        id={`${list}-input`}
        class="input"
        list={list}
        value={typed}
        autoComplete="off"
        spellcheck={false}
        placeholder={t('filter.type.any')}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || typed.trim() === '') return;
          event.preventDefault();
          setTyped('');
          onChange({ eventTypes: [...new Set([...filters.eventTypes, typed.trim()])] });
        }}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
};

/** Changes the filter when the reader is done with typing. */
const NameFilter = ({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) => {
  const [typed, setTyped] = useState(value ?? '');
  const done = () => {
    const name = typed.trim();
    if (name !== (value ?? '')) onChange(name === '' ? null : name);
  };
  return (
    <TextField
      label={label}
      value={typed}
      onChange={setTyped}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done();
      }}
    />
  );
};

const Chip = ({ text, onRemove }: { text: string; onRemove: () => void }) => {
  const { t } = useI18n();
  return (
    <span class="chip">
      {text}
      <button
        type="button"
        class="chip-remove"
        aria-label={t('action.remove.of', { what: text })}
        onClick={onRemove}
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  );
};

const ChannelFilter = ({ filters: { channel }, onChange }: FilterProps) => {
  const { t } = useI18n();
  return (
    <NameFilter
      key={channel}
      label={t('messages.channel')}
      value={channel}
      onChange={(name) => onChange({ channel: name })}
    />
  );
};

const TagFilter = ({ filters: { tag }, onChange }: FilterProps) => {
  const { t } = useI18n();
  return (
    <NameFilter
      key={tag}
      label={t('messages.tag')}
      value={tag}
      onChange={(name) => onChange({ tag: name })}
    />
  );
};

const FILTERS: Readonly<Record<FilterName, FunctionComponent<FilterProps>>> = {
  status: StatusFilter,
  class: ClassFilter,
  cause: CauseFilter,
  type: TypeFilter,
  endpoint: EndpointFilter,
  range: RangeFilter,
  period: PeriodFilter,
  channel: ChannelFilter,
  tag: TagFilter,
};

interface FilterBarProps extends FilterProps {
  readonly names: readonly FilterName[];
}

/** The filters of a list. They work on the server, and the page's address keeps them. */
export const FilterBar = ({ names, filters, onChange }: FilterBarProps) => {
  const { t } = useI18n();
  return (
    <search class="filter-bar" aria-label={t('filter.label')}>
      <div class="filter-fields">
        {names.map((name) => {
          const Filter = FILTERS[name];
          return <Filter key={name} filters={filters} onChange={onChange} />;
        })}
      </div>
      {isFiltered(filters) && names.some((name) => name !== 'endpoint' && name !== 'period') ? (
        <div class="filter-chips">
          {filters.eventTypes.map((type) => (
            <Chip
              key={type}
              text={type}
              onRemove={() => onChange({ eventTypes: filters.eventTypes.filter((each) => each !== type) })}
            />
          ))}
          <Button size="small" variant="quiet" onClick={() => onChange(NO_FILTERS)}>
            {t('action.filter.clear')}
          </Button>
        </div>
      ) : null}
    </search>
  );
};
