import { useState } from 'preact/hooks';
import type { Endpoint } from '../../api/types.ts';
import { fieldsOf } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import {
  AddressFields,
  EventFields,
  MoreFields,
  useEndpointForm,
} from '../../components/endpoint/endpoint-fields.tsx';
import { Card } from '../../components/page.tsx';
import { Banner } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { formOf } from '../../lib/endpoint-form.ts';
import { useCan } from '../../session/use-session.tsx';
import { useDeleteEndpoint, useSaveEndpoint, useSetDisabled } from './use-endpoint-actions.ts';

const DetailsForm = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const [saved, setSaved] = useState(() => formOf(endpoint));
  const save = useSaveEndpoint(endpoint.id, saved, setSaved);
  const { fields, onSubmit } = useEndpointForm({
    initial: () => saved,
    refused: fieldsOf(save.error),
    onValid: (form) => save.mutate(form),
  });
  return (
    <form class="form" noValidate onSubmit={onSubmit}>
      <AddressFields {...fields} />
      <EventFields {...fields} />
      <MoreFields {...fields} />
      <div>
        <Button variant="primary" type="submit" busy={save.isPending}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  );
};

const StateCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const [isAsking, setAsking] = useState(false);
  const { enable, disable } = useSetDisabled(endpoint.id);
  return (
    <>
      <Card
        title={t('settings.state')}
        description={t(endpoint.disabled ? 'settings.state.off' : 'settings.state.on')}
        actions={
          endpoint.disabled ? (
            <Button busy={enable.isPending} onClick={() => enable.mutate()}>
              {t('endpoint.enable')}
            </Button>
          ) : (
            <Button onClick={() => setAsking(true)}>{t('settings.disable')}</Button>
          )
        }
      />
      {isAsking ? (
        <Confirm
          title={t('settings.disable.title')}
          confirm={t('settings.disable')}
          busy={disable.isPending}
          onConfirm={() => disable.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>{t('settings.disable.text')}</p>
        </Confirm>
      ) : null}
    </>
  );
};

const DeleteCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteEndpoint(endpoint.id);
  return (
    <>
      <Card
        title={t('settings.delete.title')}
        description={t('settings.delete.text')}
        actions={
          <Button variant="danger" onClick={() => setAsking(true)}>
            {t('action.delete')}
          </Button>
        }
      />
      {isAsking ? (
        <Confirm
          title={t('settings.delete.confirm')}
          confirm={t('action.delete')}
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsking(false)}
        >
          <p class="break">
            <code>{endpoint.url}</code>
          </p>
          <p>{t('settings.delete.text')}</p>
        </Confirm>
      ) : null}
    </>
  );
};

/** Everything that can be changed about an endpoint. */
export const SettingsTab = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const canManage = useCan('ManageEndpoint');
  if (!canManage) return <Banner>{t('settings.readOnly')}</Banner>;
  return (
    <div class="stack">
      <Card title={t('settings.details')}>
        <DetailsForm key={endpoint.id} endpoint={endpoint} />
      </Card>
      <StateCard endpoint={endpoint} />
      <DeleteCard endpoint={endpoint} />
    </div>
  );
};
