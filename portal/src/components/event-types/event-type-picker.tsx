import { useState } from 'preact/hooks';
import { useI18n } from '../../i18n/i18n.tsx';
import { groupsOf } from '../../lib/event-type-groups.ts';
import type { EventType } from '../../api/types.ts';
import { Checkbox } from '../field.tsx';

type Choice = Pick<EventType, 'name' | 'description' | 'deprecated' | 'groupName'>;

interface EventTypePickerProps {
  readonly types: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Event types of the endpoint that the catalog no longer lists, so that they can be removed. */
const unlisted = (types: readonly Choice[], chosen: readonly string[]): readonly Choice[] =>
  chosen
    .filter((name) => types.every((type) => type.name !== name))
    .map((name) => ({ name, description: '', deprecated: true }));

const Type = ({ type, isChosen, onToggle }: { type: Choice; isChosen: boolean; onToggle: () => void }) => {
  const { t } = useI18n();
  return (
    <Checkbox
      label={
        <>
          <code class="break">{type.name}</code>
          {type.deprecated ? <span class="label-note"> ({t('form.events.deprecated')})</span> : null}
        </>
      }
      {...(type.description === '' ? {} : { hint: type.description })}
      checked={isChosen}
      onChange={onToggle}
    />
  );
};

/** Chooses event types: searchable and grouped, for catalogs of any size. */
export const EventTypePicker = ({ types, chosen, onChange }: EventTypePickerProps) => {
  const { t } = useI18n();
  const [search, setSearch] = useState('');
  const groups = groupsOf([...types, ...unlisted(types, chosen)], search);
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <div class="picker">
      <input
        class="input picker-search"
        type="search"
        value={search}
        placeholder={t('form.events.search')}
        aria-label={t('form.events.search')}
        onInput={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter belongs to the search here, not to the form around it.
          if (event.key === 'Enter') event.preventDefault();
        }}
      />
      <div class="picker-list">
        {groups.length === 0 ? (
          <p class="muted picker-none">{t('form.events.noMatch', { search })}</p>
        ) : (
          groups.map(({ name, items }) => (
            <fieldset class="picker-group" key={name}>
              <legend>{name}</legend>
              {items.map((type) => (
                <Type
                  key={type.name}
                  type={type}
                  isChosen={chosen.includes(type.name)}
                  onToggle={() => toggle(type.name)}
                />
              ))}
            </fieldset>
          ))
        )}
      </div>
      <p class="picker-foot muted" role="status">
        {t('form.events.selected', { count: chosen.length })}
      </p>
    </div>
  );
};
