import type { ComponentChildren } from 'preact';
import { useI18n } from '../i18n/i18n.tsx';

interface BusyAreaProps {
  /** Whether it shows what was asked for before, until the answer is there. */
  readonly busy: boolean;
  readonly children: ComponentChildren;
}

/** A list that stays until the next one is there, and is marked as out of date meanwhile. */
export const BusyArea = ({ busy, children }: BusyAreaProps) => {
  const { t } = useI18n();
  return (
    <>
      <p class="visually-hidden" role="status">
        {busy ? t('loading') : ''}
      </p>
      <div class="busy-area" aria-busy={busy ? 'true' : undefined}>
        {children}
      </div>
    </>
  );
};
