/**
 * Processes groups of items concurrently. Returns a promise for each item, which waits only for the item's own group.
 * `work` returns, for each member in order, a function that returns the member's answer or throws its failure.
 */
export const eachGroup = <Item, Answer>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  work: (members: readonly Item[]) => Promise<readonly (() => Answer | Promise<Answer>)[]>,
): readonly Promise<Answer>[] => {
  const answers = new Map<Item, Promise<Answer>>();
  for (const members of Map.groupBy(items, nameOf).values()) {
    const working = work(members);
    for (const [position, member] of members.entries()) answers.set(member, answerAt(working, position));
  }
  return items.map(async (item) => {
    const answer = answers.get(item);
    if (answer === undefined) throw new Error('An item belongs to no group');
    return answer;
  });
};

const answerAt = async <Answer>(
  working: Promise<readonly (() => Answer | Promise<Answer>)[]>,
  position: number,
): Promise<Answer> => {
  const answer = (await working)[position];
  if (answer === undefined)
    throw new Error('The work of a group returned fewer answers than the group has members');
  return answer();
};
