import { useI18n } from '../i18n/i18n.tsx';
import type { Pair } from '../lib/header-rules.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface PairsFieldProps {
  readonly legend: string;
  readonly hint: string;
  readonly pairs: readonly Pair[];
  readonly onChange: (pairs: readonly Pair[]) => void;
}

/** Names and values, a row each. */
export const PairsField = ({ legend, hint, pairs, onChange }: PairsFieldProps) => {
  const { t } = useI18n();
  const replace = (at: number, changes: Partial<Pair>) =>
    onChange(pairs.map((pair, index) => (index === at ? { ...pair, ...changes } : pair)));
  return (
    <fieldset class="field">
      <legend class="label">{legend}</legend>
      <p class="hint">{hint}</p>
      {pairs.map((pair, index) => (
        <div class="pair" key={index}>
          <input
            class="input mono"
            aria-label={`${legend}: ${t('form.name')} ${index + 1}`}
            placeholder={t('form.name')}
            value={pair.name}
            onInput={(event) => replace(index, { name: event.currentTarget.value })}
          />
          <input
            class="input mono"
            aria-label={`${legend}: ${t('form.value')} ${index + 1}`}
            placeholder={t('form.value')}
            value={pair.value}
            onInput={(event) => replace(index, { value: event.currentTarget.value })}
          />
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={t('action.remove.of', { what: pair.name === '' ? `${index + 1}` : pair.name })}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          >
            <Icon name="trash" />
          </button>
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => onChange([...pairs, { name: '', value: '' }])}>
          <Icon name="plus" /> {t('form.addRow')}
        </Button>
      </div>
    </fieldset>
  );
};
