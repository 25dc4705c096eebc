import { findEndpoint } from '../catalog/endpoints/find-endpoint.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { ReplayTask } from './task.domain.ts';
import type { Tenant, Tenants } from '../catalog/catalog.port.ts';
import { makeSelectFailed } from './select-failed.flow.ts';
import type { SelectFailedDeps } from './select-failed.flow.ts';
import { makeSelectMissing } from './select-missing.flow.ts';
import type { SelectMissingDeps } from './select-missing.flow.ts';
import { makeSelectSent } from './select-sent.flow.ts';
import type { SelectSentDeps } from './select-sent.flow.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import type { Selected } from './task-page.flow.ts';

export interface SelectDeps extends SelectFailedDeps, SelectMissingDeps, SelectSentDeps {
  readonly tenants: Pick<Tenants, 'load'>;
  readonly messages: Pick<MessageReader, 'list' | 'findMany'>;
}

/** `impossible`: nothing can be sent to the endpoint, since it or its application was deleted or disabled. */
export type SelectedPage = Selected | { readonly kind: 'impossible'; readonly reason: string };

/** Selects the next page of a task's messages. For a disabled endpoint they can be counted but not sent. */
export type Select = (task: ReplayTask, purpose: 'send' | 'count') => Promise<SelectedPage>;

interface Target {
  readonly tenant: Tenant;
  readonly endpoint: Endpoint;
}

export const makeSelect = (deps: SelectDeps): Select => {
  const failed = makeSelectFailed(deps);
  const missing = makeSelectMissing(deps);
  const sent = makeSelectSent(deps);

  const targetOf = async (task: ReplayTask, purpose: 'send' | 'count'): Promise<Target | string> => {
    const [tenant] = await deps.tenants.load([task]);
    if (tenant === undefined) return 'the application was deleted';
    const endpoint = findEndpoint(tenant, task.endpointId);
    if (endpoint === undefined) return 'the endpoint was deleted';
    if (endpoint.disabled && purpose === 'send') return 'the endpoint is disabled';
    return { tenant, endpoint };
  };

  return async (task, purpose) => {
    const target = await targetOf(task, purpose);
    if (typeof target === 'string') return { kind: 'impossible', reason: target };
    switch (task.kind) {
      case 'endpoint.recover':
        return failed(task, target.tenant.settings);
      case 'endpoint.replay':
        return missing(task, target.endpoint, target.tenant);
      case 'endpoint.bulk-replay':
        return sent(task);
    }
  };
};
