import { useI18n } from '../../i18n/i18n.tsx';

export const OpeningScreen = () => {
  const { t } = useI18n();
  return (
    <main class="centred" aria-busy="true">
      <span class="spinner large" aria-hidden="true" />
      <p class="muted" role="status">
        {t('session.opening')}
      </p>
    </main>
  );
};
