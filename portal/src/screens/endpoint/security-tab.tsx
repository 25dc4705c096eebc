import type { Endpoint } from '../../api/types.ts';
import { Card } from '../../components/page.tsx';
import { VerificationSnippets } from '../../components/verification/verification-snippets.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { HeadersCard } from './headers-card.tsx';
import { SecretCard } from './secret-card.tsx';

/** The signing secret, the endpoint's own headers, and how to verify webhooks. */
export const SecurityTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  return (
    <div class="stack">
      <SecretCard endpoint={endpoint} />
      <HeadersCard endpoint={endpoint} />
      <Card title={t('security.verify.title')} description={t('security.verify.text')}>
        <VerificationSnippets family="svix" />
      </Card>
    </div>
  );
};
