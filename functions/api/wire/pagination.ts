import * as z from 'zod';
import { CAUSES } from '../../deliver/explanation.domain.ts';
import { PAGE_BYTES } from '../../platform/limits/memory.domain.ts';
import { PATH_NAME_BYTES } from '../../platform/limits/requests.domain.ts';
import { isId } from '../../platform/ids/ids.domain.ts';
import type { IdPrefix } from '../../platform/ids/ids.domain.ts';
import type { Cursor, Page } from '../../platform/pages/page.ts';
import { NAME_RULE, dateTime, name, nameSet, tag } from '../../platform/wire/fields.ts';
import { RawJson, stringify } from './json.ts';
import type { Reply } from '../errors.ts';
import type { Json } from './json.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 250;

const limit = () =>
  z
    .int()
    .superRefine((count, context) => {
      if (count > MAX_LIMIT) {
        const message = `Given limit must not exceed ${MAX_LIMIT}`;
        context.addIssue({ code: 'custom', path: ['limit'], message });
      }
    })
    .default(DEFAULT_LIMIT)
    .meta({ description: 'Limit the number of returned items', minimum: 0, maximum: MAX_LIMIT });

const ITERATOR = {
  description: 'The iterator returned from a prior invocation',
  maxLength: PATH_NAME_BYTES + 1,
};

const position = (accepts: (id: string) => boolean, error: string) =>
  z.string().transform((text, context): Cursor => {
    const previous = text.startsWith('-');
    const id = previous ? text.slice(1) : text;
    if (!accepts(id)) context.addIssue({ code: 'custom', path: ['__all__'], message: error });
    return { id, direction: previous ? 'previous' : 'next' };
  });

const iterator = (accepts: (id: string) => boolean, error: string) =>
  position(accepts, error)
    .optional()
    .transform((cursor) => cursor ?? null)
    .meta(ITERATOR);

const positionOf = (prefix: IdPrefix) =>
  [(id: string) => isId(prefix, id), `Invalid id. Expected different prefix: ${prefix}`] as const;

/** The error for an invalid name, also used where a name is looked up first. */
export const INVALID_NAME = `Invalid name: ${NAME_RULE}`;

/** `limit` and `iterator` of a list whose ids have the prefix. */
export const pageQuery = (prefix: IdPrefix) => ({
  limit: limit(),
  iterator: iterator(...positionOf(prefix)),
});

/** `limit` and `iterator` of a list of names. The list itself checks whether a text can be a position. */
export const namePageQuery = () => ({
  limit: limit(),
  iterator: iterator((text) => text !== '' && Buffer.byteLength(text) <= PATH_NAME_BYTES, INVALID_NAME),
});

export const order = (standard: 'ascending' | 'descending') =>
  z
    .enum(['ascending', 'descending'])
    .default(standard)
    .meta({ description: 'The sorting order of the items' });

/** Causes of failures (docs/failure-causes.md), and of canceled deliveries. */
export const causes = () => z.array(z.enum(CAUSES)).min(1).max(CAUSES.length);

/** The filter of lists by cause. */
export const causeQuery = () =>
  causes()
    .optional()
    .transform((found) => found ?? null)
    .meta({ description: 'Only attempts with one of these causes' });

const orNull = <Out>(schema: z.ZodType<Out, string | undefined>) =>
  schema.transform((value) => value ?? null);

/** The filters of lists by time. */
export const timeQuery = () => ({
  before: orNull(dateTime().optional()).meta({ description: 'Only items created before this instant' }),
  after: orNull(dateTime().optional()).meta({ description: 'Only items created after this instant' }),
  channel: orNull(name('project_1337').optional()),
  tag: orNull(tag().optional()).meta({ description: 'Only items with this tag' }),
  event_types: nameSet('event_types', name())
    .optional()
    .transform((names) => names ?? null),
  with_content: z.boolean().default(true).meta({ description: '`false`: without contents' }),
});

const nullish = <Out, In>(schema: z.ZodType<Out, In>) => schema.nullish().transform((value) => value ?? null);

/** The fields of a list by time in a body, where null counts as left out. */
export const timeSearch = (prefix: IdPrefix) => ({
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  iterator: nullish(position(...positionOf(prefix))).meta(ITERATOR),
  before: nullish(dateTime()).meta({ description: 'Only items created before this instant' }),
  after: nullish(dateTime()).meta({ description: 'Only items created after this instant' }),
  channel: nullish(name('project_1337')),
  tag: nullish(tag()),
  event_types: nullish(nameSet('event_types', name())),
  with_content: z.boolean().default(false).meta({ description: '`true`: with contents' }),
});

/** The direction in which a list by time is walked. With `after` alone it goes forward, to newer items. */
export const timeDirection = (query: {
  readonly iterator: Cursor | null;
  readonly before: number | null;
  readonly after: number | null;
}): Cursor['direction'] => {
  if (query.iterator !== null) return query.iterator.direction;
  return query.after !== null && query.before === null ? 'previous' : 'next';
};

export const listSchema = <Item extends z.ZodType>(item: Item, id: string) =>
  z
    .object({
      data: z.array(item),
      done: z.boolean(),
      iterator: z.string().nullable(),
      prevIterator: z.string().nullable().optional(),
    })
    .meta({ id });

export interface Printed {
  readonly id: string;
  readonly json: Json;
}

/** Prints a page. Cuts it off, but never to zero items, if it would exceed the size of a function's response. */
export const printPage = (
  page: Pick<Page<unknown>, 'done' | 'resumeAt'>,
  items: readonly Printed[],
  direction: Cursor['direction'],
): Json => {
  const kept = fitting(items, direction);
  const cut = kept.length < items.length;
  const resumeAt = cut ? undefined : page.resumeAt;
  const last = direction === 'next' ? resumeAt : undefined;
  const first = direction === 'previous' ? resumeAt : undefined;
  const before = first ?? kept[0]?.id;
  return {
    data: new RawJson(`[${kept.map(({ text }) => text).join(',')}]`),
    iterator: last ?? kept.at(-1)?.id ?? null,
    prevIterator: before === undefined ? undefined : `-${before}`,
    done: page.done && !cut,
  };
};

/** Answers with a page of a list in the order of its ids, as its cursor walks it. */
export const pageReply = <Item>(
  page: Page<Item>,
  cursor: Cursor | null,
  print: (item: Item) => Printed | undefined,
): Reply => {
  const items = page.items.map(print).filter((item) => item !== undefined);
  return { status: 200, body: printPage(page, items, cursor?.direction ?? 'next') };
};

/** The first items in the direction of the walk that fit into PAGE_BYTES; at least one. */
const nearest = <Item>(
  items: readonly Item[],
  direction: Cursor['direction'],
  bytesOf: (item: Item) => number,
): readonly Item[] => {
  const walked = direction === 'next' ? items : items.toReversed();
  let bytes = 0;
  const end = walked.findIndex((item, index) => {
    bytes += bytesOf(item);
    return index > 0 && bytes > PAGE_BYTES;
  });
  const kept = end === -1 ? walked : walked.slice(0, end);
  return direction === 'next' ? kept : kept.toReversed();
};

/** Shortens a page to the items whose contents fit into one response, so that other contents are not read. */
export const shortened = <Item>(
  page: Page<Item>,
  direction: Cursor['direction'],
  bytesOf: (item: Item) => number,
): Page<Item> => {
  const items = nearest(page.items, direction, bytesOf);
  return items.length === page.items.length ? page : { items, done: false };
};

const fitting = (items: readonly Printed[], direction: Cursor['direction']) =>
  nearest(
    items.map(({ id, json }) => ({ id, text: stringify(json) })),
    direction,
    ({ text }) => Buffer.byteLength(text),
  );
