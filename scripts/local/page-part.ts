/** The part of a page in docs/ that a command writes, between two comments. */
export const pagePart = (page: string, begin: string, end: string) => {
  const split = (text: string): readonly [head: string, generated: string, tail: string] => {
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`docs/${page} lacks the comments ${begin} and ${end}`);
    const start = from + begin.length;
    return [text.slice(0, start), text.slice(start, to), text.slice(to)];
  };
  return {
    read: (text: string): string => split(text)[1].trim(),
    replace: (text: string, generated: string): string => {
      const [head, , tail] = split(text);
      return `${head}\n\n${generated}\n\n${tail}`;
    },
  };
};
