import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import type { ButtonVariant } from './button.tsx';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly footer?: ComponentChildren;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

/** In a frame that is as high as its content, the middle of the window may be off the screen: opens beside its button. */
const openNear = (dialog: HTMLDialogElement, opener: Element | null) => {
  if (document.documentElement.dataset['embedded'] !== 'true' || opener === null) return;
  const top = Math.max(16, opener.getBoundingClientRect().top - 160);
  dialog.style.setProperty('--dialog-top', `${Math.round(top)}px`);
};

/** A modal dialog, shown while it is mounted. The browser keeps the focus inside and gives it back afterwards. */
export const Dialog = ({ title, onClose, footer, wide = false, children }: DialogProps) => {
  const { t } = useI18n();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    if (element === null) return;
    openNear(element, opener);
    element.showModal();
    return () => {
      element.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog${wide ? ' wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-box">
        <div class="dialog-head">
          <h2 class="dialog-title" id={id}>
            {title}
          </h2>
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={t('action.close')}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
        <div class="dialog-body">{children}</div>
        {footer === undefined ? null : <div class="dialog-foot">{footer}</div>}
      </div>
    </dialog>
  );
};

interface ConfirmProps {
  readonly title: string;
  readonly confirm: string;
  readonly variant?: ButtonVariant;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** The second step before something that cannot be taken back. */
export const Confirm = ({
  title,
  confirm,
  variant = 'danger',
  busy = false,
  onConfirm,
  onClose,
  children,
}: ConfirmProps) => {
  const { t } = useI18n();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button variant={variant} busy={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
};
