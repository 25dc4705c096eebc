import type { ComponentChildren } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useI18n } from '../i18n/i18n.tsx';
import { Icon } from './icon.tsx';

interface PageHeaderProps {
  readonly title: ComponentChildren;
  readonly subtitle?: ComponentChildren;
  /** The screen above this one. */
  readonly back?: { readonly href: string; readonly label: string };
  readonly actions?: ComponentChildren;
}

/** The name of the screen in the tab and in the history. */
export const useDocumentTitle = (title: ComponentChildren) => {
  const { t } = useI18n();
  useEffect(() => {
    document.title = typeof title === 'string' ? `${title} · ${t('app.title')}` : t('app.title');
  }, [title, t]);
};

export const PageHeader = ({ title, subtitle, back, actions }: PageHeaderProps) => {
  useDocumentTitle(title);
  return (
    <div class="page-header">
      {back === undefined ? null : (
        <Link href={back.href} class="back">
          <Icon name="back" /> {back.label}
        </Link>
      )}
      <div class="page-header-row">
        <div class="page-header-text">
          <h1 class="page-title">{title}</h1>
          {subtitle === undefined ? null : <div class="page-subtitle">{subtitle}</div>}
        </div>
        {actions === undefined ? null : <div class="actions">{actions}</div>}
      </div>
    </div>
  );
};

interface CardProps {
  readonly title?: ComponentChildren;
  readonly description?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** Its content touches the edges: tables. */
  readonly flush?: boolean;
  readonly children?: ComponentChildren;
}

/** A part of a screen, with its own heading. */
export const Card = ({ title, description, actions, flush = false, children }: CardProps) => {
  const id = useId();
  const hasHead = title !== undefined || actions !== undefined;
  return (
    <section class={`card${flush ? ' flush' : ''}`} aria-labelledby={title === undefined ? undefined : id}>
      {hasHead ? (
        <div class="card-head">
          <div>
            {title === undefined ? null : (
              <h2 class="card-title" id={id}>
                {title}
              </h2>
            )}
            {description === undefined ? null : <p class="card-description">{description}</p>}
          </div>
          {actions === undefined ? null : <div class="actions">{actions}</div>}
        </div>
      ) : null}
      {children === undefined ? null : <div class="card-body">{children}</div>}
    </section>
  );
};

interface FactsProps {
  readonly items: readonly (readonly [label: string, value: ComponentChildren])[];
}

/** Names and values, two columns. */
export const Facts = ({ items }: FactsProps) => (
  <dl class="facts">
    {items.map(([label, value]) => (
      <div class="fact" key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
