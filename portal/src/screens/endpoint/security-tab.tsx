import type { Attempt, Endpoint } from '../../api/types.ts';
import { Card } from '../../components/page.tsx';
import { LoadFailure } from '../../components/states.tsx';
import { VerificationSnippets } from '../../components/verification/verification-snippets.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { NO_FILTERS } from '../../lib/filters.ts';
import type { Family } from '../../lib/signature/pasted-headers.ts';
import { HeadersCard } from './headers-card.tsx';
import { SecretCard } from './secret-card.tsx';
import { useAttempts } from './use-attempts.ts';

/** Which headers webhooks are signed with is a choice of the sender: the latest request shows it. */
const familyOf = (attempt: Attempt | undefined): Family =>
  attempt?.details?.request?.headers.some(({ name }) => name.toLowerCase() === 'webhook-id') === true
    ? 'webhook'
    : 'svix';

/** The signing secret, the endpoint's own headers, and how to verify webhooks. */
export const SecurityTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const asked = { filters: NO_FILTERS, nowMs: 0, iterator: null, limit: 1 };
  const latest = useAttempts({ ...asked, endpointId: endpoint.id });
  return (
    <div class="stack">
      <SecretCard endpoint={endpoint} />
      <HeadersCard endpoint={endpoint} />
      <Card title={t('security.verify.title')} description={t('security.verify.text')}>
        <div class="stack">
          <LoadFailure query={latest} what={t('security.verify.names')} />
          <VerificationSnippets family={familyOf(latest.data?.data[0])} />
        </div>
      </Card>
    </div>
  );
};
