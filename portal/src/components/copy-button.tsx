import { useState } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';
import { Icon } from './icon.tsx';
import { useToast } from './toast.tsx';

const SHOWN_MS = 2_000;

/** The clipboard; a frame that may not use it gets the old command instead. */
export const writeClipboard = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for its label: "Copy endpoint ID". */
  readonly what?: string;
  /** Shows a word beside the icon. */
  readonly labelled?: boolean;
  /** The word that is shown, if it is not "Copy". */
  readonly label?: string;
}

export const CopyButton = ({ text, what, label: word, labelled = word !== undefined }: CopyButtonProps) => {
  const { t } = useI18n();
  const toast = useToast();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await writeClipboard(text))) {
      toast.sayFailure(new Error(t('action.copyFailed')));
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const label = word ?? (what === undefined ? t('action.copy') : t('action.copy.of', { what }));
  return (
    <button
      type="button"
      class={`button quiet small${labelled ? '' : ' icon-only'}`}
      aria-label={labelled ? undefined : label}
      title={labelled ? undefined : label}
      onClick={() => void copy()}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      {labelled ? label : null}
      <span class="visually-hidden" aria-live="polite">
        {isCopied ? t('action.copied') : ''}
      </span>
    </button>
  );
};

/** An identifier, with a button that copies it. */
export const Copyable = ({ text, what }: { text: string; what: string }) => (
  <span class="copyable">
    <code>{text}</code>
    <CopyButton text={text} what={what} />
  </span>
);
