/**
 * Works on items group by group, side by side. Each item gets an answer of its own, and waits for no other group.
 * `work` answers how to come by each member's, in their order.
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
    if (answer === undefined) throw new Error('an item without a group');
    return answer;
  });
};

const answerAt = async <Answer>(
  working: Promise<readonly (() => Answer | Promise<Answer>)[]>,
  position: number,
): Promise<Answer> => {
  const answer = (await working)[position];
  if (answer === undefined) throw new Error('a group answered for fewer items than it has');
  return answer();
};
