import { useLocation } from 'wouter-preact';
import { dataOf } from '../../api/client.ts';
import { endpointKey, endpointsKey, headersKey } from '../../api/endpoints.ts';
import { useAction } from '../../api/use-action.ts';
import { SHOWN_FIELDS } from '../../components/endpoint/endpoint-fields.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { EndpointForm } from '../../lib/endpoint-form.ts';
import { changesOfForm } from '../../lib/endpoint-form.ts';
import { useSession } from '../../session/use-session.tsx';

const useChanged = (endpointId: string) => {
  const { appId } = useSession();
  return [
    endpointKey(appId, endpointId),
    endpointsKey(appId),
    ['off-spans', appId, endpointId],
    ['endpoint-choice', appId],
  ];
};

/** Turns an endpoint on or off. */
export const useSetDisabled = (endpointId: string) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  const changes = useChanged(endpointId);
  const params = { path: { app_id: appId, endpoint_id: endpointId } };
  const set = async (disabled: boolean) =>
    dataOf(await api.PATCH('/api/v1/app/{app_id}/endpoint/{endpoint_id}', { params, body: { disabled } }));
  const enable = useAction({ run: () => set(false), changes, done: t('endpoint.enabled') });
  const disable = useAction({ run: () => set(true), changes, done: t('endpoint.disabled') });
  return { enable, disable };
};

/** Saves what differs from `saved`, the form as it was saved last. */
export const useSaveEndpoint = (
  endpointId: string,
  saved: EndpointForm,
  onSaved: (form: EndpointForm) => void,
) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  return useAction<EndpointForm>({
    run: async (form) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      const body = changesOfForm(form, saved);
      return dataOf(await api.PATCH('/api/v1/app/{app_id}/endpoint/{endpoint_id}', { params, body }));
    },
    changes: useChanged(endpointId),
    done: t('settings.saved'),
    onDone: (_endpoint, form) => onSaved(form),
    shownFields: SHOWN_FIELDS,
  });
};

export const useDeleteEndpoint = (endpointId: string) => {
  const { t } = useI18n();
  const { api, appId } = useSession();
  const [, navigate] = useLocation();
  return useAction({
    run: () => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      return api.DELETE('/api/v1/app/{app_id}/endpoint/{endpoint_id}', { params });
    },
    changes: [endpointsKey(appId), ['endpoint-choice', appId]],
    done: t('settings.deleted'),
    onDone: () => navigate('/endpoints'),
  });
};

export interface HeaderChange {
  readonly set?: { readonly name: string; readonly value: string };
  readonly remove?: string;
}

/** Sets or removes one header; the others stay, also those whose values are hidden. */
export const useChangeHeader = (endpointId: string, done: string, onDone: () => void) => {
  const { api, appId } = useSession();
  return useAction<HeaderChange>({
    run: ({ set, remove }) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      const headers = set === undefined ? {} : { [set.name.trim()]: set.value.trim() };
      const body = { headers, ...(remove === undefined ? {} : { deleteHeaders: [remove] }) };
      return api.PATCH('/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers', { params, body });
    },
    changes: [headersKey(appId, endpointId)],
    done,
    onDone,
    shownFields: [],
  });
};
