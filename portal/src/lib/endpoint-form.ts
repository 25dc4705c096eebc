import { pairsOf, recordOf, wordsOf } from './header-rules.ts';
import type { Pair } from './header-rules.ts';

/** An endpoint as a form shows it. */
export interface EndpointForm {
  readonly url: string;
  readonly description: string;
  readonly scope: 'some' | 'all';
  readonly eventTypes: readonly string[];
  readonly rate: string;
  readonly channels: string;
  readonly metadata: readonly Pair[];
}

interface EndpointFields {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[] | null;
  readonly throttleRate: number | null;
  readonly channels: readonly string[] | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export const NEW_ENDPOINT: EndpointForm = {
  url: '',
  description: '',
  scope: 'some',
  eventTypes: [],
  rate: '',
  channels: '',
  metadata: [],
};

export const formOf = (endpoint: EndpointFields): EndpointForm => ({
  url: endpoint.url,
  description: endpoint.description,
  scope: endpoint.eventTypes === null ? 'all' : 'some',
  eventTypes: endpoint.eventTypes ?? [],
  rate: endpoint.throttleRate === null ? '' : String(endpoint.throttleRate),
  channels: (endpoint.channels ?? []).join(', '),
  metadata: pairsOf(endpoint.metadata),
});

const orNull = <Item>(items: readonly Item[]): Item[] | null => (items.length === 0 ? null : [...items]);

/** The fields as the API takes them: null removes a filter or a limit. */
export const fieldsOfForm = (form: EndpointForm) => ({
  url: form.url.trim(),
  description: form.description.trim(),
  eventTypes: form.scope === 'all' ? null : [...form.eventTypes],
  throttleRate: form.rate.trim() === '' ? null : Number(form.rate),
  channels: orNull(wordsOf(form.channels)),
  metadata: recordOf(form.metadata),
});

/**
 * The fields that differ from those of the form as it was saved last. Only these are sent, so that what others changed
 * meanwhile stays, and what the API no longer takes (an archived event type, say) does not keep the rest from being saved.
 */
export const changesOfForm = (form: EndpointForm, saved: EndpointForm) => {
  const after = fieldsOfForm(form);
  const before = fieldsOfForm(saved);
  const differs = (name: keyof typeof after) => JSON.stringify(after[name]) !== JSON.stringify(before[name]);
  return {
    ...(differs('url') ? { url: after.url } : {}),
    ...(differs('description') ? { description: after.description } : {}),
    ...(differs('eventTypes') ? { eventTypes: after.eventTypes } : {}),
    ...(differs('throttleRate') ? { throttleRate: after.throttleRate } : {}),
    ...(differs('channels') ? { channels: after.channels } : {}),
    ...(differs('metadata') ? { metadata: after.metadata } : {}),
  };
};

export type FormFault = 'url' | 'events' | 'rate';

const HIGHEST_RATE = 65_535;

const isWebUrl = (text: string): boolean =>
  URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol);

const isRate = (text: string): boolean => {
  const rate = Number(text);
  return text.trim() === '' || (Number.isInteger(rate) && rate >= 1 && rate <= HIGHEST_RATE);
};

/** What has to be corrected before the form can be sent. */
export const faultsOf = (form: EndpointForm): readonly FormFault[] => [
  ...(isWebUrl(form.url) ? [] : ['url' as const]),
  ...(form.scope === 'some' && form.eventTypes.length === 0 ? ['events' as const] : []),
  ...(isRate(form.rate) ? [] : ['rate' as const]),
];
