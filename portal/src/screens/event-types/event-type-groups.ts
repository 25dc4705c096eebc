import type { EventType } from '../../api/types.ts';

export interface EventTypeGroup {
  /** Null: the types without a group. */
  readonly name: string | null;
  readonly types: readonly EventType[];
}

/** The types by group; those without a group name are grouped by the first part of their own, if they share it. */
export const groupEventTypes = (types: readonly EventType[]): readonly EventTypeGroup[] => {
  const prefixOf = ({ name, groupName }: EventType) => groupName ?? /^([^.]+)\./.exec(name)?.[1];
  const byName = Map.groupBy(types, prefixOf);
  const single: EventType[] = [];
  const groups: EventTypeGroup[] = [];
  for (const [name, own] of byName) {
    const isNamed = own.some(({ groupName }) => groupName === name);
    if (name === undefined || (own.length === 1 && !isNamed)) single.push(...own);
    else groups.push({ name, types: own });
  }
  const sorted = groups.toSorted((one, other) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1));
  const rest = single.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return rest.length === 0 ? sorted : [...sorted, { name: null, types: rest }];
};

/** The types whose name, description or group contains every word of the search. */
export const matchingTypes = (types: readonly EventType[], search: string): readonly EventType[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return types;
  return types.filter(({ name, description, groupName = '' }) => {
    const text = `${name} ${description} ${groupName}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
};
