import { useState } from 'preact/hooks';
import { useEndpointHeaders } from '../../api/endpoints.ts';
import type { Endpoint } from '../../api/types.ts';
import { fieldsOf } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Confirm, Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { useUnsaved } from '../../session/unsaved.ts';
import { useCan } from '../../session/use-session.tsx';
import { useChangeHeader } from './use-endpoint-actions.ts';

interface DialogProps {
  readonly endpointId: string;
  /** The header whose value is replaced; null: a new one. */
  readonly name: string | null;
  readonly onClose: () => void;
}

const HeaderDialog = ({ endpointId, name, onClose }: DialogProps) => {
  const { t } = useI18n();
  const [typed, setTyped] = useState(name ?? '');
  const [value, setValue] = useState('');
  useUnsaved(value !== '' || typed !== (name ?? ''));
  const save = useChangeHeader(endpointId, t('headers.saved'), onClose);
  const refused = Object.values(fieldsOf(save.error))[0];
  const isEmpty = typed.trim() === '' || value.trim() === '';
  const submit = () => {
    if (!isEmpty) save.mutate({ set: { name: typed, value } });
  };
  return (
    <Dialog
      title={name === null ? t('headers.dialog.add') : t('headers.dialog.replace', { name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button variant="primary" disabled={isEmpty} busy={save.isPending} onClick={submit}>
            {t('action.save')}
          </Button>
        </>
      }
    >
      {name === null ? (
        <TextField
          label={t('form.name')}
          mono
          placeholder="X-Api-Key"
          autoFocus
          value={typed}
          onChange={setTyped}
        />
      ) : null}
      <TextField label={t('form.value')} mono error={refused} value={value} onChange={setValue} />
    </Dialog>
  );
};

const RemoveDialog = ({ endpointId, name, onClose }: DialogProps & { name: string }) => {
  const { t } = useI18n();
  const remove = useChangeHeader(endpointId, t('headers.removed'), onClose);
  return (
    <Confirm
      title={t('headers.remove.title', { name })}
      confirm={t('action.remove')}
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ remove: name })}
      onClose={onClose}
    >
      <p>{t('headers.remove.text')}</p>
    </Confirm>
  );
};

type Open =
  | { readonly kind: 'edit'; readonly name: string | null }
  | { readonly kind: 'remove'; readonly name: string };

interface RowsProps {
  readonly headers: Readonly<Record<string, string>>;
  readonly sensitive: readonly string[];
  readonly onOpen: (open: Open) => void;
}

const Rows = ({ headers, sensitive, onOpen }: RowsProps) => {
  const { t } = useI18n();
  const canEdit = useCan('ManageEndpoint');
  const names = [...new Set([...Object.keys(headers), ...sensitive])];
  if (names.length === 0) return <p class="muted card-body">{t('headers.none')}</p>;
  return (
    <Table
      caption={t('headers.title')}
      columns={[
        { label: t('form.name') },
        { label: t('form.value') },
        ...(canEdit ? [{ label: t('action.edit'), hidden: true }] : []),
      ]}
    >
      {names.map((name) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td class="break">
            {headers[name] === undefined ? (
              <span class="muted">{t('headers.sensitive')}</span>
            ) : (
              <code>{headers[name]}</code>
            )}
          </td>
          {canEdit ? (
            <td class="number nowrap">
              <Button
                size="small"
                variant="quiet"
                aria-label={t('headers.edit.of', { name })}
                onClick={() => onOpen({ kind: 'edit', name })}
              >
                {t('headers.replace')}
              </Button>
              <Button
                size="small"
                variant="quiet"
                aria-label={t('action.remove.of', { what: name })}
                onClick={() => onOpen({ kind: 'remove', name })}
              >
                <Icon name="trash" />
              </Button>
            </td>
          ) : null}
        </tr>
      ))}
    </Table>
  );
};

/** Headers that are sent with every webhook. Sensitive values are never shown, only replaced. */
export const HeadersCard = ({ endpoint }: { endpoint: Endpoint }) => {
  const { t } = useI18n();
  const canEdit = useCan('ManageEndpoint');
  const headers = useEndpointHeaders(endpoint.id);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <Card
      title={t('headers.title')}
      description={t('headers.text')}
      flush
      actions={
        canEdit ? (
          <Button onClick={() => setOpen({ kind: 'edit', name: null })}>
            <Icon name="plus" /> {t('headers.add')}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={headers} lines={2}>
        {(data) => <Rows {...data} onOpen={setOpen} />}
      </Loaded>
      {open?.kind === 'edit' ? (
        <HeaderDialog endpointId={endpoint.id} name={open.name} onClose={close} />
      ) : null}
      {open?.kind === 'remove' ? (
        <RemoveDialog endpointId={endpoint.id} name={open.name} onClose={close} />
      ) : null}
    </Card>
  );
};
