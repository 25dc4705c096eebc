import type { Attempt } from '../../api/types.ts';
import { SignatureChecker } from '../../components/verification/signature-checker.tsx';
import { VerificationSnippets } from '../../components/verification/verification-snippets.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Family } from '../../lib/signature/pasted-headers.ts';
import { useTimeline } from './use-delivery.ts';

/** The headers that this endpoint gets. */
const familyOf = ({ details }: Attempt): Family =>
  details?.request?.headers.some(({ name }) => name.toLowerCase() === 'webhook-id') === true
    ? 'webhook'
    : 'svix';

const seconds = ({ timestamp }: Attempt): number => Math.floor(Date.parse(timestamp) / 1000);

interface VerificationProps {
  readonly attempt: Attempt;
  readonly body: string | null | undefined;
}

/** For receivers that refuse the signature: what is wrong with the request as they have it, and how to verify it. */
export const Verification = ({ attempt, body }: VerificationProps) => {
  const { t } = useI18n();
  const timeline = useTimeline(attempt.msgId, attempt.endpointId);
  const attempts = timeline.data?.attempts ?? [attempt];
  const reference = { id: attempt.msgId, body: body ?? undefined, timestamps: attempts.map(seconds) };
  return (
    <section class="card" aria-label={t('verify.title')}>
      <details class="fold">
        <summary>{t('verify.title')}</summary>
        <SignatureChecker reference={reference} />
      </details>
      <details class="fold">
        <summary>{t('snippets.title')}</summary>
        <VerificationSnippets family={familyOf(attempt)} />
      </details>
    </section>
  );
};
