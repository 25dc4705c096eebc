import * as z from 'zod';

/** The ids in a key of keys.ts; ids that the key does not have are absent. */
export interface IdsInKey {
  readonly orgId?: string;
  readonly appId?: string;
  readonly messageId?: string;
  readonly endpointId?: string;
}

const key = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const TENANT = /^o#([^#]*)(?:#a#([^#]*))?/;
const MESSAGE = /msg_\w+/;
const ENDPOINT = /ep_\w+/;

/** Parses the ids in the key of a stream record. Returns none for anything else. */
export const idsInKey = (written: unknown): IdsInKey => {
  const parsed = key.safeParse(written);
  if (!parsed.success) return {};
  const { pk, sk } = parsed.data;
  const [, orgId, appId] = TENANT.exec(pk.S) ?? [];
  const messageId = MESSAGE.exec(`${pk.S} ${sk.S}`)?.[0];
  const endpointId = ENDPOINT.exec(sk.S)?.[0];
  return {
    ...(orgId === undefined ? {} : { orgId }),
    ...(appId === undefined ? {} : { appId }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(endpointId === undefined ? {} : { endpointId }),
  };
};
