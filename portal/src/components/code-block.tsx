import { useState } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';
import { jsonTokens, prettyJson } from '../lib/json-tokens.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

/** Larger texts are cut until the reader asks for all, and coloured only up to this size. */
const FIRST_CHARACTERS = 20_000;
/** Lines of a large text are laid out in blocks of so many, which the browser skips while they are out of sight. */
const BLOCK_LINES = 500;

const Coloured = ({ text }: { text: string }) => (
  <>
    {jsonTokens(text).map(({ kind, text: part }, index) =>
      kind === 'plain' ? (
        part
      ) : (
        <span class={`json-${kind}`} key={index}>
          {part}
        </span>
      ),
    )}
  </>
);

const blocksOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const count = Math.ceil(lines.length / BLOCK_LINES);
  return Array.from({ length: count }, (_, index) =>
    lines.slice(index * BLOCK_LINES, (index + 1) * BLOCK_LINES).join('\n'),
  );
};

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
      <pre class={`code-text${wrap ? ' wrap' : ''}`} tabIndex={0} role="group" aria-label={label}>
        <code>
          {isLarge ? (
            blocksOf(shown).map((block, index) => (
              <span class="code-part" key={index}>
                {block}
              </span>
            ))
          ) : language === 'json' ? (
            <Coloured text={shown} />
          ) : (
            shown
          )}
        </code>
      </pre>
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

/** A value, or text that may be JSON, laid out for reading. */
export const JsonViewer = ({ value, label }: { value: unknown; label: string }) => (
  <CodeBlock text={prettyJson(value)} label={label} language="json" />
);
