import type { PayloadObjects } from './payload-objects.port.ts';

/** Loads the S3 client with the first call: most functions never see a large payload (docs/decisions/0016). */
export const lazyPayloadObjects = (bucket: string): PayloadObjects => {
  let loaded: Promise<PayloadObjects> | undefined;
  const load = (): Promise<PayloadObjects> => {
    loaded ??= import('./payload-objects.s3.ts').then(({ makePayloadObjects }) => makePayloadObjects(bucket));
    return loaded;
  };
  return {
    put: async (key, packed) => (await load()).put(key, packed),
    get: async (key) => (await load()).get(key),
    remove: async (key) => (await load()).remove(key),
  };
};
