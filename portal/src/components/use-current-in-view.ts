import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Scrolls a row of links sideways so that the current one is seen, where the row is too long for the window. The page itself
 * does not move, nor one around it.
 */
export const useCurrentInView = (current: string) => {
  const row = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const link = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (row.current === null || link === null || link === undefined) return;
    row.current.scrollLeft = link.offsetLeft - (row.current.clientWidth - link.clientWidth) / 2;
  }, [current]);
  return row;
};
