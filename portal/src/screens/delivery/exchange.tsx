import type { Attempt } from '../../api/types.ts';
import { useFullMessage } from '../../api/use-full-message.ts';
import { JsonViewer } from '../../components/code/code-block.tsx';
import { HeaderTable } from '../../components/header-table.tsx';
import { Card } from '../../components/page.tsx';
import { Banner, Loaded } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { firstBytes } from '../../lib/first-bytes.ts';

/** Responses are shown up to this size. */
const MOST_RESPONSE_BYTES = 20_000;

/** `body`: null if it is no longer stored. */
const RequestBody = ({ body }: { body: string | null }) => {
  const { t } = useI18n();
  if (body === null) return <p class="muted">{t('delivery.payload.expired')}</p>;
  return <JsonViewer wrap text={body} label={t('delivery.body')} />;
};

export const RequestCard = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const message = useFullMessage(attempt.msgId);
  const request = attempt.details?.request;
  if (request === null || request === undefined) {
    return (
      <Card title={t('delivery.request')}>
        <p class="muted">{t('delivery.request.none')}</p>
      </Card>
    );
  }
  return (
    <Card title={t('delivery.request')}>
      <p class="request-line">
        <code>{request.method}</code> <code class="break">{request.url}</code>
      </p>
      {request.asSent ? null : <Banner>{t('delivery.request.changed')}</Banner>}
      <h3 class="part-title">{t('delivery.headers')}</h3>
      <HeaderTable headers={request.headers} label={`${t('delivery.request')}: ${t('delivery.headers')}`} />
      <h3 class="part-title">{t('delivery.body')}</h3>
      <Loaded query={message} lines={3}>
        {({ body }) => <RequestBody body={body} />}
      </Loaded>
    </Card>
  );
};

const ResponseBody = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const { text, isCut } = firstBytes(attempt.response, MOST_RESPONSE_BYTES);
  if (text === '') return <p class="muted">{t('delivery.response.empty')}</p>;
  return (
    <>
      <JsonViewer wrap text={text} label={`${t('delivery.response')}: ${t('delivery.body')}`} />
      {isCut ? <p class="muted">{t('delivery.response.cut')}</p> : null}
    </>
  );
};

/** What the endpoint answered. Its body is text of a stranger: it is shown as text, whatever it is. */
export const ResponseCard = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const response = attempt.details?.response;
  if (attempt.responseStatusCode === 0) {
    return (
      <Card title={t('delivery.response')}>
        <p class="muted">{t('delivery.response.none')}</p>
      </Card>
    );
  }
  return (
    <Card title={t('delivery.response')}>
      <p class="request-line">
        <code>{attempt.responseStatusCode}</code>
      </p>
      <h3 class="part-title">{t('delivery.headers')}</h3>
      {response === null || response === undefined || response.headers.length === 0 ? (
        <p class="muted">{t('delivery.headers.none')}</p>
      ) : (
        <HeaderTable
          headers={response.headers}
          label={`${t('delivery.response')}: ${t('delivery.headers')}`}
        />
      )}
      {response?.truncated === true ? <p class="muted">{t('delivery.response.truncated')}</p> : null}
      <h3 class="part-title">{t('delivery.body')}</h3>
      <ResponseBody attempt={attempt} />
    </Card>
  );
};
