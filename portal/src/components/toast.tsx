import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useCallback, useContext, useRef, useState } from 'preact/hooks';
import { isSessionEnd } from '../api/problem.ts';
import { useI18n } from '../i18n/i18n.tsx';
import { failureText } from './states.tsx';
import { Icon } from './icon.tsx';

interface Toast {
  readonly id: number;
  readonly tone: 'success' | 'danger';
  readonly text: string;
}

interface Toasts {
  /** Says that something was done. */
  readonly say: (text: string) => void;
  /** Says that something failed. */
  readonly sayFailure: (thrown: unknown) => void;
}

const SHOWN_MS = 6_000;
const MOST_SHOWN = 3;

const ToastContext = createContext<Toasts>({ say: () => undefined, sayFailure: () => undefined });

export const useToast = (): Toasts => useContext(ToastContext);

/** Short notes at the edge of the page, read aloud by screen readers. */
export const ToastProvider = ({ children }: { children: ComponentChildren }) => {
  const i18n = useI18n();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((each) => each.id !== id)), []);
  const show = useCallback(
    (tone: Toast['tone'], text: string) => {
      const id = (last.current += 1);
      setToasts((all) => [...all, { id, tone, text }].slice(-MOST_SHOWN));
      setTimeout(() => dismiss(id), SHOWN_MS);
    },
    [dismiss],
  );
  const value = {
    say: (text: string) => show('success', text),
    sayFailure: (thrown: unknown) => {
      if (!isSessionEnd(thrown)) show('danger', failureText(thrown, i18n));
    },
  };
  return (
    <ToastContext.Provider value={value}>
      {children}
      <div class="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, tone, text }) => (
          <div class={`toast ${tone}`} key={id}>
            <Icon name={tone === 'success' ? 'check' : 'alert'} />
            <span>{text}</span>
            <button
              type="button"
              class="button quiet small icon-only"
              aria-label={i18n.t('action.close')}
              onClick={() => dismiss(id)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
};
