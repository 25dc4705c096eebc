import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useEventTypeNames } from '../../api/catalog.ts';
import { dataOf, idempotencyKey } from '../../api/client.ts';
import type { Endpoint } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Select } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { useSession } from '../../session/use-session.tsx';

/** Publishes the example of an event type to this endpoint alone. */
export const SendExampleCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  const eventTypes = useEventTypeNames();
  const names = eventTypes.data?.items.map(({ name }) => name) ?? [];
  const [chosen, setChosen] = useState('');
  const eventType = chosen === '' ? (names[0] ?? '') : chosen;
  const send = useAction({
    run: async () => {
      const params = { path: { app_id: appId, endpoint_id: endpoint.id } };
      const headers = { 'idempotency-key': idempotencyKey() };
      const body = { eventType };
      return dataOf(
        await api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example', { params, body, headers }),
      );
    },
    changes: [['attempts', appId, endpoint.id]],
    done: t('testing.example.done'),
  });
  if (eventTypes.data !== undefined && names.length === 0) return null;
  return (
    <Card title={t('testing.example.title')} description={t('testing.example.text')}>
      <Loaded query={eventTypes} lines={2}>
        {() => (
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault();
              send.mutate();
            }}
          >
            <Select
              label={t('testing.type')}
              value={eventType}
              onChange={setChosen}
              options={names.map((name) => ({ value: name, label: name }))}
            />
            <div class="row">
              <Button type="submit" busy={send.isPending}>
                {t('testing.example.send')}
              </Button>
              {send.data === undefined ? null : (
                <Link href={`/messages/${send.data.id}`}>{t('testing.example.show')}</Link>
              )}
            </div>
          </form>
        )}
      </Loaded>
    </Card>
  );
};
