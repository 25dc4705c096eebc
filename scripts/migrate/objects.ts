import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/** Objects of a Svix API as far as they are recreated, in one form for comparison: lists sorted, absent fields null. */
const sorted = (list: readonly string[] | null | undefined): readonly string[] | null =>
  list === null || list === undefined ? null : list.toSorted();

const throttle = { rateLimit: z.number().nullish(), throttleRate: z.number().nullish() };
const metadata = z.record(z.string(), z.string()).default({});

export const eventType = z
  .object({
    name: z.string(),
    description: z.string().default(''),
    archived: z.boolean().default(false),
    deprecated: z.boolean().default(false),
    schemas: z.record(z.string(), z.unknown()).nullish(),
    featureFlag: z.string().nullish(),
    featureFlags: z.array(z.string()).nullish(),
    groupName: z.string().nullish(),
  })
  .transform(({ featureFlag, featureFlags, schemas, groupName, ...rest }) => ({
    ...rest,
    schemas: schemas ?? null,
    groupName: groupName ?? null,
    featureFlags: sorted(featureFlags ?? (typeof featureFlag === 'string' ? [featureFlag] : [])),
  }));
export type EventType = z.infer<typeof eventType>;

const uidFor = (id: string, uid: string | null | undefined): string => uid ?? `from-${id}`;

/**
 * An application without a uid gets one that is made from its id at the source. Ids cannot be chosen, so this is how a
 * repeated run finds it again, and how your code finds it.
 */
export const application = z
  .object({ id: z.string(), uid: z.string().nullish(), name: z.string(), metadata, ...throttle })
  .transform(({ id, uid, name, metadata: data, rateLimit, throttleRate }) => ({
    id,
    hadUid: typeof uid === 'string',
    fields: { uid: uidFor(id, uid), name, throttleRate: throttleRate ?? rateLimit ?? null, metadata: data },
  }));
export type Application = z.infer<typeof application>;

/** As with applications, a uid is added where there is none. */
export const endpoint = z
  .object({
    id: z.string(),
    uid: z.string().nullish(),
    url: z.string(),
    description: z.string().default(''),
    disabled: z.boolean().default(false),
    filterTypes: z.array(z.string()).nullish(),
    eventTypes: z.array(z.string()).nullish(),
    channels: z.array(z.string()).nullish(),
    metadata,
    ...throttle,
  })
  .transform((one) => ({
    id: one.id,
    hadUid: typeof one.uid === 'string',
    fields: {
      uid: uidFor(one.id, one.uid),
      url: one.url,
      description: one.description,
      disabled: one.disabled,
      filterTypes: sorted(one.filterTypes ?? one.eventTypes),
      channels: sorted(one.channels),
      throttleRate: one.throttleRate ?? one.rateLimit ?? null,
      metadata: one.metadata,
    },
  }));
export type Endpoint = z.infer<typeof endpoint>;

/** The public half of an ed25519 key, which is all that can be read of it. */
const PUBLIC_KEY = 'whpk_';

/** The signing secret of an endpoint; null if it cannot be read. */
export const secret = z
  .object({ key: z.string() })
  .transform(({ key }) => (key.startsWith(PUBLIC_KEY) ? null : key));
export const headers = z.object({
  headers: z.record(z.string(), z.string()),
  sensitive: z.array(z.string()).default([]),
});
export type Headers = z.infer<typeof headers>;
export const transformation = z.object({ enabled: z.boolean().default(false) });

export const page = z.object({
  data: z.array(z.unknown()),
  iterator: z.string().nullish(),
  done: z.boolean(),
});

type Fields = Readonly<Record<string, unknown>>;

/** The names of the fields of `expected` that `found` has otherwise. */
export const differences = (expected: Fields, found: Fields): readonly string[] =>
  Object.keys(expected).filter((name) => !isDeepStrictEqual(expected[name], found[name]));

const byLowerName = (all: Readonly<Record<string, string>>) =>
  new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));

/** The patch that makes the readable headers those of `expected`; null if they are. Values that are not readable stay. */
export const headersPatch = (expected: Headers, found: Headers): Record<string, string | null> | null => {
  const [want, have] = [byLowerName(expected.headers), byLowerName(found.headers)];
  const set = Object.entries(expected.headers).filter(
    ([name, value]) => have.get(name.toLowerCase()) !== value,
  );
  const removed = Object.keys(found.headers).filter((name) => !want.has(name.toLowerCase()));
  if (set.length + removed.length === 0) return null;
  return Object.fromEntries([...set, ...removed.map((name) => [name, null] as const)]);
};
