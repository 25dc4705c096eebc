/** A line of text that is longer is shown as several. */
const MOST_LINE_CHARACTERS = 2_000;

/** The lines to show, each of bounded length. */
export const boundedLines = (text: string): readonly string[] =>
  text.split(/\r\n|\n|\r/).flatMap((line) => {
    if (line.length <= MOST_LINE_CHARACTERS) return [line];
    const count = Math.ceil(line.length / MOST_LINE_CHARACTERS);
    return Array.from({ length: count }, (_, index) =>
      line.slice(index * MOST_LINE_CHARACTERS, (index + 1) * MOST_LINE_CHARACTERS),
    );
  });

/** Lines that are drawn above and below the visible ones, so that scrolling shows no gaps. */
const MARGIN = 20;

interface Viewport {
  readonly top: number;
  readonly height: number;
  readonly lineHeight: number;
}

/** The lines to draw: the first one, and the one after the last. */
export const drawnLines = (
  count: number,
  { top, height, lineHeight }: Viewport,
): { readonly from: number; readonly until: number } => {
  const first = Math.floor(top / lineHeight) - MARGIN;
  const last = Math.ceil((top + height) / lineHeight) + MARGIN;
  return { from: Math.min(count, Math.max(0, first)), until: Math.min(count, Math.max(0, last)) };
};
