import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { useEventTypeNames } from '../../api/catalog.ts';
import { dataOf, idempotencyKey } from '../../api/client.ts';
import { endpointsKey } from '../../api/endpoints.ts';
import type { Endpoint } from '../../api/types.ts';
import { fieldsOf, useAction } from '../../api/use-action.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import {
  AddressFields,
  EventFields,
  MoreFields,
  SHOWN_FIELDS,
  useEndpointForm,
} from '../../components/endpoint/endpoint-fields.tsx';
import { PairsField } from '../../components/pairs-field.tsx';
import { Card, PageHeader } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { NEW_ENDPOINT, fieldsOfForm } from '../../lib/endpoint-form.ts';
import type { EndpointForm } from '../../lib/endpoint-form.ts';
import { recordOf } from '../../lib/header-rules.ts';
import type { Pair } from '../../lib/header-rules.ts';
import { useUnsaved } from '../../session/unsaved.ts';
import { useCan, useSession } from '../../session/use-session.tsx';

interface NewEndpoint {
  readonly form: EndpointForm;
  readonly headers: readonly Pair[];
}

const useCreate = (onCreated: (endpoint: Endpoint) => void) => {
  const { api, appId } = useSession();
  return useAction<NewEndpoint, Endpoint>({
    run: async ({ form, headers }) => {
      const params = { path: { app_id: appId } };
      const body = { ...fieldsOfForm(form), disabled: false, headers: recordOf(headers) };
      const key = { 'idempotency-key': idempotencyKey() };
      return dataOf(await api.POST('/api/v1/app/{app_id}/endpoint', { params, body, headers: key }));
    },
    changes: [endpointsKey(appId), ['endpoint-choice', appId]],
    onDone: onCreated,
    shownFields: SHOWN_FIELDS,
  });
};

const Form = () => {
  const { t } = useI18n();
  const [, navigate] = useLocation();
  const [headers, setHeaders] = useState<readonly Pair[]>([]);
  useUnsaved(headers.length > 0);
  const types = useEventTypeNames();
  const create = useCreate(({ id }) => navigate(`/endpoints/${id}/testing?created=1`));
  const { fields, onSubmit } = useEndpointForm({
    initial: () => NEW_ENDPOINT,
    // Without a catalog there is nothing to choose from.
    complete: (form) => (types.data?.items.length === 0 ? { ...form, scope: 'all' } : form),
    refused: fieldsOf(create.error),
    onValid: (form) => create.mutate({ form, headers }),
  });
  return (
    <form class="form" noValidate onSubmit={onSubmit}>
      <Card>
        <div class="form">
          <AddressFields {...fields} autoFocus />
          <EventFields {...fields} />
        </div>
      </Card>
      <details class="card disclosure">
        <summary>{t('newEndpoint.more')}</summary>
        <div class="card-body form">
          <MoreFields {...fields} />
          <PairsField
            legend={t('form.headers')}
            hint={t('form.headers.hint')}
            pairs={headers}
            onChange={setHeaders}
          />
        </div>
      </details>
      <div class="form-foot">
        <Button variant="primary" type="submit" busy={create.isPending || types.isPending}>
          {t('newEndpoint.submit')}
        </Button>
        <ButtonLink href="/endpoints" variant="quiet">
          {t('action.cancel')}
        </ButtonLink>
      </div>
    </form>
  );
};

/** Adds an endpoint and goes on to its test. */
export const NewEndpointScreen = () => {
  const { t } = useI18n();
  const canCreate = useCan('ManageEndpoint');
  return (
    <>
      <PageHeader
        title={t('newEndpoint.title')}
        subtitle={t('newEndpoint.subtitle')}
        back={{ href: '/endpoints', label: t('endpoint.back') }}
      />
      {canCreate ? <Form /> : <Empty title={t('capability.missing')} icon="lock" />}
    </>
  );
};
