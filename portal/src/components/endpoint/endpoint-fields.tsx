import { useState } from 'preact/hooks';
import { useEventTypeNames } from '../../api/catalog.ts';
import type { EventType } from '../../api/types.ts';
import { useDisplay } from '../../app/display.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { faultsOf } from '../../lib/endpoint-form.ts';
import type { EndpointForm, FormFault } from '../../lib/endpoint-form.ts';
import { useUnsaved } from '../../session/unsaved.ts';
import { EventTypePicker } from '../event-types/event-type-picker.tsx';
import { RadioGroup, TextField } from '../field.tsx';
import { PairsField } from '../pairs-field.tsx';
import { Banner, Loaded } from '../states.tsx';

/** The fields whose errors are shown beside them. */
export const SHOWN_FIELDS = ['url', 'description', 'eventTypes', 'filterTypes', 'throttleRate', 'channels'];

interface FieldsProps {
  readonly form: EndpointForm;
  readonly onChange: (changes: Partial<EndpointForm>) => void;
  readonly faults: readonly FormFault[];
  /** What the API refused, by field. */
  readonly refused: Readonly<Record<string, string>>;
}

interface FormOptions {
  readonly initial: () => EndpointForm;
  /** The form as it counts, where something else than its fields decides too. */
  readonly complete?: (form: EndpointForm) => EndpointForm;
  readonly refused: FieldsProps['refused'];
  /** Called with a submitted form that has no faults. */
  readonly onValid: (form: EndpointForm) => void;
}

/** The properties of the fields of an endpoint's form, which shows faults once it was submitted, and its submit handler. */
export const useEndpointForm = ({ initial, complete = (form) => form, refused, onValid }: FormOptions) => {
  const [entered, setForm] = useState(initial);
  const [isTried, setTried] = useState(false);
  useUnsaved(JSON.stringify(entered) !== JSON.stringify(initial()));
  const form = complete(entered);
  const faults = faultsOf(form);
  return {
    fields: {
      form,
      onChange: (changes: Partial<EndpointForm>) => setForm({ ...form, ...changes }),
      faults: isTried ? faults : [],
      refused,
    },
    onSubmit: (event: Event) => {
      event.preventDefault();
      setTried(true);
      if (faults.length === 0) onValid(form);
    },
  };
};

/** Where to send, and what it is for. */
export const AddressFields = ({
  form,
  onChange,
  faults,
  refused,
  autoFocus = false,
}: FieldsProps & { autoFocus?: boolean }) => {
  const { t } = useI18n();
  return (
    <>
      <TextField
        label={t('form.url')}
        hint={t('form.url.hint')}
        error={faults.includes('url') ? t('form.url.invalid') : refused['url']}
        type="url"
        placeholder="https://"
        mono
        autoFocus={autoFocus}
        value={form.url}
        onChange={(url) => onChange({ url })}
      />
      <TextField
        label={t('form.description')}
        optional
        error={refused['description']}
        placeholder={t('form.description.placeholder')}
        value={form.description}
        onChange={(description) => onChange({ description })}
      />
    </>
  );
};

const EventChoice = ({
  form,
  onChange,
  faults,
  refused,
  items,
}: FieldsProps & { items: readonly EventType[] }) => {
  const { t } = useI18n();
  if (items.length === 0 && form.eventTypes.length === 0)
    return <Banner>{t('form.events.emptyCatalog')}</Banner>;
  const fault = faults.includes('events')
    ? t('form.events.none')
    : (refused['eventTypes'] ?? refused['filterTypes']);
  const isFlagged = items.some(({ featureFlag }) => featureFlag !== null);
  return (
    <div class="field">
      <RadioGroup
        legend={t('form.events')}
        value={form.scope}
        onChange={(scope) => onChange({ scope })}
        options={[
          { value: 'some', label: t('form.events.some') },
          { value: 'all', label: t('form.events.all'), hint: t('form.events.all.hint') },
        ]}
      />
      {form.scope === 'some' ? (
        <EventTypePicker
          types={items}
          chosen={form.eventTypes}
          onChange={(eventTypes) => onChange({ eventTypes })}
        />
      ) : isFlagged ? (
        <p class="hint">{t('form.events.flagged')}</p>
      ) : null}
      {fault === undefined ? null : (
        <p class="field-error" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
};

/** Which events: all of them is said loudly, since it is easily overlooked. */
export const EventFields = (props: FieldsProps) => {
  const { t } = useI18n();
  const types = useEventTypeNames();
  return (
    <>
      <Loaded query={types} lines={3}>
        {({ items }) => <EventChoice {...props} items={items} />}
      </Loaded>
      {types.data === undefined && props.faults.includes('events') ? (
        <p class="field-error" role="alert">
          {t('form.events.unloaded')}
        </p>
      ) : null}
    </>
  );
};

/** What most endpoints do without. */
export const MoreFields = ({ form, onChange, faults, refused }: FieldsProps) => {
  const { t } = useI18n();
  const { settings } = useDisplay();
  const strings = settings?.customStringsOverride;
  return (
    <>
      <TextField
        label={t('form.rate')}
        optional
        hint={t('form.rate.hint')}
        error={faults.includes('rate') ? t('form.rate.invalid') : refused['throttleRate']}
        value={form.rate}
        onChange={(rate) => onChange({ rate })}
      />
      {settings?.enableChannels === true || form.channels !== '' ? (
        <TextField
          label={strings?.channelsMany ?? t('form.channels')}
          optional
          hint={strings?.channelsHelp ?? t('form.channels.hint')}
          error={refused['channels']}
          value={form.channels}
          onChange={(channels) => onChange({ channels })}
        />
      ) : null}
      <PairsField
        legend={t('form.metadata')}
        hint={t('form.metadata.hint')}
        pairs={form.metadata}
        onChange={(metadata) => onChange({ metadata })}
      />
    </>
  );
};
