interface Named {
  readonly name: string;
  readonly groupName?: string | undefined;
}

export interface Group<Item> {
  readonly name: string;
  readonly items: readonly Item[];
}

const groupNameOf = ({ name, groupName }: Named): string => groupName ?? name.split('.')[0] ?? name;

const sorted = <Item extends { readonly name: string }>(items: readonly Item[]) =>
  items.toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** Event types by their group, or by what comes before their first dot; those that contain the words of the search. */
export const groupsOf = <Item extends Named>(
  types: readonly Item[],
  search: string,
): readonly Group<Item>[] => {
  const words = search.toLowerCase().split(/\s+/);
  const found = types.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const groups = Map.groupBy(found, groupNameOf);
  return sorted([...groups].map(([name, items]) => ({ name, items: sorted(items) })));
};
