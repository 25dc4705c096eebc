import { useMemo, useState } from 'preact/hooks';
import { useI18n } from '../../i18n/i18n.tsx';
import { isJson, prettyText } from '../../lib/json/json-text.ts';
import { Button } from '../button.tsx';
import { Coloured } from './coloured.tsx';
import { CopyButton } from '../copy-button.tsx';
import { LargeText } from './large-text.tsx';

/** Larger texts are cut until the reader asks for all. */
const FIRST_CHARACTERS = 20_000;
interface CodeBlockProps {
  readonly text: string;
  /** What it shows, for its label and its copy button. */
  readonly label: string;
  readonly language?: 'json' | 'text';
  readonly wrap?: boolean;
  /** What the copy button copies, if not the text. */
  readonly copied?: string;
}

/** Text as it is: never markup, whatever it contains. */
export const CodeBlock = ({
  text,
  label,
  language = 'text',
  wrap = false,
  copied = text,
}: CodeBlockProps) => {
  const { t } = useI18n();
  const [showsAll, setShowsAll] = useState(false);
  const isCut = text.length > FIRST_CHARACTERS && !showsAll;
  const shown = isCut ? text.slice(0, FIRST_CHARACTERS) : text;
  const isLarge = shown.length > FIRST_CHARACTERS;
  return (
    <div class="code">
      <div class="code-copy">
        <CopyButton text={copied} what={label} />
      </div>
      {isLarge ? (
        <LargeText text={shown} label={label} language={language} />
      ) : (
        <pre class={`code-text${wrap ? ' wrap' : ''}`} tabIndex={0} role="group" aria-label={label}>
          <code>{language === 'json' ? <Coloured text={shown} /> : shown}</code>
        </pre>
      )}
      {isCut ? (
        <div class="code-more">
          <span class="muted">{t('json.truncated', { shown: FIRST_CHARACTERS, total: text.length })}</span>
          <Button size="small" onClick={() => setShowsAll(true)}>
            {t('json.showAll')}
          </Button>
        </div>
      ) : null}
    </div>
  );
};

interface JsonViewerProps {
  readonly text: string;
  readonly label: string;
  readonly wrap?: boolean;
}

/** A body: laid out for reading if it is JSON, copied as it is. */
export const JsonViewer = ({ text, label, wrap = false }: JsonViewerProps) => {
  const shown = useMemo(() => prettyText(text), [text]);
  const language = useMemo(() => (isJson(text) ? 'json' : 'text'), [text]);
  return <CodeBlock text={shown} copied={text} label={label} language={language} wrap={wrap} />;
};
