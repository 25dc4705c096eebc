import { useState } from 'preact/hooks';
import { useSearch } from 'wouter-preact';
import { useEventTypeNames } from '../../api/catalog.ts';
import { dataOf } from '../../api/client.ts';
import type { Endpoint, TestAttempt } from '../../api/types.ts';
import { fieldsOf, useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Select, TextArea } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card } from '../../components/page.tsx';
import { SignatureChecker } from '../../components/verification/signature-checker.tsx';
import { Banner, LoadFailure } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { parsePayload } from '../../lib/payload.ts';
import { useUnsaved } from '../../session/unsaved.ts';
import { useCan, useSession } from '../../session/use-session.tsx';
import { SendExampleCard } from './send-example-card.tsx';
import { TestResult } from './test-result.tsx';

const PING = 'svix.ping';

/** The type that a test begins with: one that the endpoint listens to, since its code knows that one. */
const firstType = ({ eventTypes }: Endpoint): string => eventTypes?.[0] ?? PING;

interface Test {
  readonly eventType: string;
  readonly payload: Record<string, unknown> | undefined;
}

const useTest = (endpointId: string) => {
  const { api, appId } = useSession();
  return useAction<Test, TestAttempt>({
    run: async ({ eventType, payload }) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      const body = { eventType, ...(payload === undefined ? {} : { payload }) };
      return dataOf(
        await api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt', { params, body }),
      );
    },
    shownFields: [],
  });
};

const TestCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const types = useEventTypeNames();
  const [eventType, setEventType] = useState(firstType(endpoint));
  const [payload, setPayload] = useState('');
  useUnsaved(payload !== '');
  const test = useTest(endpoint.id);
  const parsed = parsePayload(payload);
  const names = [
    ...new Set([PING, firstType(endpoint), ...(types.data?.items.map(({ name }) => name) ?? [])]),
  ];
  const refused = Object.values(fieldsOf(test.error))[0];
  const error = parsed.kind === 'invalid' ? t('testing.payload.invalid') : refused;
  return (
    <Card title={t('testing.try.title')} description={t('testing.try.text')}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (parsed.kind !== 'invalid') test.mutate({ eventType, payload: parsed.value });
        }}
      >
        <Select
          label={t('testing.type')}
          value={eventType}
          onChange={setEventType}
          options={names.map((name) => ({
            value: name,
            label: name === PING ? t('testing.type.ping') : name,
          }))}
        />
        <LoadFailure query={types} what={t('testing.type')} />
        <TextArea
          label={t('testing.payload')}
          optional
          hint={t('testing.payload.hint')}
          error={error}
          mono
          rows={4}
          value={payload}
          onChange={setPayload}
        />
        <div>
          <Button variant="primary" type="submit" busy={test.isPending}>
            <Icon name="bolt" /> {t('testing.send')}
          </Button>
        </div>
      </form>
      <div role="status" class="test-result">
        {test.isSuccess ? <TestResult result={test.data} /> : null}
      </div>
    </Card>
  );
};

/** Tries the endpoint out: a test with its answer at once, an example as a real message, and a check of signatures. */
export const TestingTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const canTest = useCan('CreateAttempts');
  const isNew = new URLSearchParams(useSearch()).has('created');
  return (
    <div class="stack">
      {isNew && canTest ? <Banner tone="success">{t('testing.created')}</Banner> : null}
      {canTest ? (
        <>
          <TestCard endpoint={endpoint} />
          <SendExampleCard endpoint={endpoint} />
        </>
      ) : (
        <Banner>{t('testing.forbidden')}</Banner>
      )}
      <Card title={t('security.check.title')}>
        <SignatureChecker />
      </Card>
    </div>
  );
};
