import { PageHeader } from '../../components/page.tsx';
import { useI18n } from '../../i18n/i18n.tsx';

export const MessageScreen = () => {
  const { t } = useI18n();
  return <PageHeader title={t('nav.messages')} />;
};
