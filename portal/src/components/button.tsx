import type { ComponentChildren, ComponentProps } from 'preact';
import { Link } from 'wouter-preact';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'class' | 'size'> {
  readonly variant?: ButtonVariant;
  readonly size?: 'small' | 'normal';
  /** Shows that it works and cannot be pressed again; it keeps its focus. */
  readonly busy?: boolean;
}

const classOf = (variant: ButtonVariant, size: string) =>
  `button ${variant}${size === 'small' ? ' small' : ''}`;

export const Button = (props: ButtonProps) => {
  const {
    variant = 'secondary',
    size = 'normal',
    busy = false,
    onClick,
    children,
    type = 'button',
    ...rest
  } = props;
  return (
    <button
      {...rest}
      type={busy ? 'button' : type}
      class={classOf(variant, size)}
      aria-disabled={busy ? 'true' : rest['aria-disabled']}
      aria-busy={busy ? 'true' : undefined}
      onClick={busy ? undefined : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : null}
      {children}
    </button>
  );
};

interface ButtonLinkProps {
  readonly href: string;
  readonly variant?: ButtonVariant;
  readonly size?: 'small' | 'normal';
  readonly children: ComponentChildren;
}

/** A link to another screen that looks like a button. */
export const ButtonLink = ({ href, variant = 'secondary', size = 'normal', children }: ButtonLinkProps) => (
  <Link href={href} class={classOf(variant, size)}>
    {children}
  </Link>
);
