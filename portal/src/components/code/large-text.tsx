import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Coloured } from './coloured.tsx';
import { boundedLines, drawnLines } from '../../lib/text-lines.ts';

/** Before the first line is measured, in px. */
const LINE_HEIGHT = 21;
const HEIGHT = 416;

interface LargeTextProps {
  readonly text: string;
  readonly label: string;
  readonly language: 'json' | 'text';
}

/** A text of many lines, of which only the visible ones are in the document. */
export const LargeText = ({ text, label, language }: LargeTextProps) => {
  const lines = useMemo(() => boundedLines(text), [text]);
  const box = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState({ top: 0, height: HEIGHT, lineHeight: LINE_HEIGHT });
  const sheet = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLElement>(null);
  const { from, until } = drawnLines(lines.length, viewport);
  useLayoutEffect(() => {
    sheet.current?.style.setProperty('height', `${lines.length * viewport.lineHeight}px`);
    drawn.current?.style.setProperty('transform', `translateY(${from * viewport.lineHeight}px)`);
  });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const line = element.querySelector('.large-line')?.getBoundingClientRect().height ?? 0;
    const lineHeight = line > 0 ? line : LINE_HEIGHT;
    const look = () => setViewport({ top: element.scrollTop, height: element.clientHeight, lineHeight });
    look();
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, [lines]);
  return (
    <div ref={box} class="code-text large-text" tabIndex={0} role="group" aria-label={label}>
      <div class="large-sheet" ref={sheet}>
        <code class="large-lines" ref={drawn}>
          {lines.slice(from, until).map((line, index) => (
            <span class="large-line" key={from + index}>
              {language === 'json' && line !== '' ? <Coloured text={line} /> : line || ' '}
            </span>
          ))}
        </code>
      </div>
    </div>
  );
};
