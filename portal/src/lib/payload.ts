import { isRecord } from './records.ts';

export type Payload =
  | { readonly kind: 'none'; readonly value: undefined }
  | { readonly kind: 'valid'; readonly value: Record<string, unknown> }
  | { readonly kind: 'invalid' };

/** A payload as a person types it: empty, or a JSON object. */
export const parsePayload = (text: string): Payload => {
  if (text.trim() === '') return { kind: 'none', value: undefined };
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? { kind: 'valid', value: { ...parsed } } : { kind: 'invalid' };
  } catch {
    return { kind: 'invalid' };
  }
};
