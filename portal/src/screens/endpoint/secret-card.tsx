import { useState } from 'preact/hooks';
import { dataOf, idempotencyKey } from '../../api/client.ts';
import type { Endpoint } from '../../api/types.ts';
import { fieldsOf, useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card } from '../../components/page.tsx';
import { Banner } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { useUnsaved } from '../../session/unsaved.ts';
import { useCan, useSession } from '../../session/use-session.tsx';

const OVERLAP_MS = 86_400_000;

interface RotateProps {
  readonly endpointId: string;
  readonly onClose: () => void;
  readonly onRotated: () => void;
}

const RotateDialog = ({ endpointId, onClose, onRotated }: RotateProps) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  const [key, setKey] = useState('');
  useUnsaved(key !== '');
  const rotate = useAction({
    run: () => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      const headers = { 'idempotency-key': idempotencyKey() };
      const body = key.trim() === '' ? {} : { key: key.trim() };
      return api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate', { params, body, headers });
    },
    done: t('secret.rotated'),
    onDone: onRotated,
    shownFields: ['key'],
  });
  return (
    <Dialog
      title={t('secret.rotate.title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button variant="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>
            {t('secret.rotate')}
          </Button>
        </>
      }
    >
      <p>{t('secret.rotate.text')}</p>
      <TextField
        label={t('secret.rotate.own')}
        optional
        hint={t('secret.rotate.own.hint')}
        error={fieldsOf(rotate.error)['key']}
        mono
        value={key}
        onChange={setKey}
      />
    </Dialog>
  );
};

interface Shown {
  readonly secret: string | null;
  readonly onReveal: () => void;
  readonly isBusy: boolean;
  readonly onHide: () => void;
}

const Secret = ({ secret, onReveal, isBusy, onHide }: Shown) => {
  const { t } = useI18n();
  return (
    <div class="secret">
      {secret === null ? (
        <span class="secret-text" role="img" aria-label={t('secret.hidden')}>
          ••••••••••••••••••••••••
        </span>
      ) : (
        <code class="secret-text break">{secret}</code>
      )}
      {secret === null ? null : <CopyButton text={secret} what={t('secret.title')} />}
      {secret === null ? (
        <Button size="small" busy={isBusy} onClick={onReveal}>
          <Icon name="eye" /> {t('secret.reveal')}
        </Button>
      ) : (
        <Button size="small" onClick={onHide}>
          <Icon name="hidden" /> {t('secret.hide')}
        </Button>
      )}
    </div>
  );
};

/** The signing secret: fetched anew for each look at it, and never kept in the cache. */
export const SecretCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t, rich } = useI18n();
  const { api, appId } = useSession();
  const canView = useCan('ViewEndpointSecret');
  const canRotate = useCan('ManageEndpointSecret');
  const [secret, setSecret] = useState<string | null>(null);
  const [isRotating, setRotating] = useState(false);
  const [rotatedAt, setRotatedAt] = useState<number | null>(null);
  const reveal = useAction({
    run: async () => {
      const params = { path: { app_id: appId, endpoint_id: endpoint.id } };
      return dataOf(await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret', { params }));
    },
    onDone: ({ key }) => setSecret(key),
  });
  const rotated = () => {
    setSecret(null);
    setRotating(false);
    setRotatedAt(Date.now());
  };
  return (
    <Card
      title={t('secret.title')}
      description={t('secret.text')}
      actions={
        canRotate ? (
          <Button onClick={() => setRotating(true)}>
            <Icon name="refresh" /> {t('secret.rotate')}
          </Button>
        ) : undefined
      }
    >
      <div class="stack">
        {canView ? (
          <Secret
            secret={secret}
            isBusy={reveal.isPending}
            onReveal={() => reveal.mutate()}
            onHide={() => setSecret(null)}
          />
        ) : (
          <p class="muted">{t('secret.forbidden')}</p>
        )}
        {rotatedAt === null ? null : (
          <Banner tone="success">
            {rich('secret.overlap', { time: <Time key="until" at={rotatedAt + OVERLAP_MS} form="exact" /> })}
          </Banner>
        )}
      </div>
      {isRotating ? (
        <RotateDialog endpointId={endpoint.id} onClose={() => setRotating(false)} onRotated={rotated} />
      ) : null}
    </Card>
  );
};
