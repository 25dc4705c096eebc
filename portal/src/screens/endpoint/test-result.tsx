import type { TestAttempt } from '../../api/types.ts';
import { CodeBlock, JsonViewer } from '../../components/code/code-block.tsx';
import { HeaderTable } from '../../components/header-table.tsx';
import { Banner } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { causeAdvice, causeSentence } from '../../lib/causes.ts';

const Explanation = ({ result }: { result: TestAttempt }) => {
  const { t, duration } = useI18n();
  const { cause, response, request, durationMs } = result;
  const time = duration(durationMs);
  if (result.succeeded) {
    return (
      <Banner tone="success" title={t('testing.ok')}>
        {t('testing.ok.text', { status: String(response?.statusCode ?? ''), duration: time })}
      </Banner>
    );
  }
  const facts = { url: request.url, status: response?.statusCode ?? 0, time };
  return (
    <Banner tone="danger" title={t('testing.failed')}>
      {cause === null ? null : (
        <>
          <p>{causeSentence(t, cause, facts)}</p>
          <p>{causeAdvice(t, cause)}</p>
        </>
      )}
    </Banner>
  );
};

const Body = ({ text, label }: { text: string; label: string }) => {
  const { t } = useI18n();
  return text === '' ? <p class="muted">{t('testing.empty')}</p> : <JsonViewer text={text} label={label} />;
};

/** A test as it was sent, and what came back. */
export const TestResult = ({ result }: { result: TestAttempt }) => {
  const { t } = useI18n();
  const { request, response } = result;
  return (
    <div class="stack" data-test={result.succeeded ? 'succeeded' : 'failed'}>
      <Explanation result={result} />
      <div class="exchange">
        <section class="stack" aria-label={t('testing.request')}>
          <h3>{t('testing.request')}</h3>
          <CodeBlock text={`${request.method} ${request.url}`} label={t('endpoint.url')} wrap />
          <HeaderTable headers={request.headers} label={t('testing.headers')} />
          <Body text={request.body} label={t('testing.body')} />
        </section>
        <section class="stack" aria-label={t('testing.response')}>
          <h3>{t('testing.response')}</h3>
          {response === null ? (
            <p class="muted">{t('testing.noResponse')}</p>
          ) : (
            <>
              <CodeBlock text={String(response.statusCode)} label={t('testing.response')} wrap />
              <HeaderTable headers={response.headers} label={t('testing.headers')} />
              <Body text={response.body} label={t('testing.body')} />
            </>
          )}
        </section>
      </div>
    </div>
  );
};
