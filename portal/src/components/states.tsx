import type { ComponentChildren } from 'preact';
import { ApiError, NoAnswer } from '../api/problem.ts';
import { useI18n } from '../i18n/i18n.tsx';
import type { I18n } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';

interface EmptyProps {
  readonly title: string;
  readonly icon?: IconName;
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** There is nothing yet: says why, and what to do. */
export const Empty = ({ title, icon = 'inbox', action, children }: EmptyProps) => (
  <div class="state">
    <span class="state-icon">
      <Icon name={icon} size={20} />
    </span>
    <h2 class="state-title">{title}</h2>
    {children === undefined ? null : <p class="muted state-text">{children}</p>}
    {action === undefined ? null : <div class="state-action">{action}</div>}
  </div>
);

const STATUS_TEXTS = { 403: 'error.forbidden', 404: 'error.notFound', 429: 'error.tooMany' } as const;

const isNamed = (status: number): status is keyof typeof STATUS_TEXTS => Object.hasOwn(STATUS_TEXTS, status);

/** What went wrong, for a person. */
export const failureText = (thrown: unknown, { t }: Pick<I18n, 't'>): string => {
  if (thrown instanceof NoAnswer) return t(thrown.reason === 'timeout' ? 'error.timeout' : 'error.network');
  if (!(thrown instanceof ApiError)) return t('error.unexpected', { detail: String(thrown) });
  if (isNamed(thrown.status)) return t(STATUS_TEXTS[thrown.status]);
  return thrown.status >= 500 || thrown.message === ''
    ? t('error.server')
    : t('error.unexpected', { detail: thrown.message });
};

/** Something could not be loaded. */
export const Failure = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => {
  const i18n = useI18n();
  return (
    <div class="state" role="alert">
      <span class="state-icon danger">
        <Icon name="alert" size={20} />
      </span>
      <h2 class="state-title">{i18n.t('error.title')}</h2>
      <p class="muted state-text">{failureText(error, i18n)}</p>
      {onRetry === undefined ? null : (
        <div class="state-action">
          <Button onClick={onRetry}>{i18n.t('error.retry')}</Button>
        </div>
      )}
    </div>
  );
};

/** Grey lines in the place of text that is on its way. */
export const Skeleton = ({ lines = 3 }: { lines?: number }) => {
  const { t } = useI18n();
  return (
    <div class="skeleton" role="status" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span class="skeleton-line" key={index} />
      ))}
    </div>
  );
};

export const SkeletonPage = () => (
  <div class="skeleton-page">
    <Skeleton lines={2} />
    <div class="card">
      <div class="card-body">
        <Skeleton lines={6} />
      </div>
    </div>
  </div>
);

interface Loading<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface LoadedProps<Data> {
  readonly query: Loading<Data>;
  readonly lines?: number;
  readonly children: (data: Data) => ComponentChildren;
}

/** The data of a query, or its loading and error state. Data that is there stays when a later fetch fails. */
export const Loaded = <Data,>({ query, lines = 4, children }: LoadedProps<Data>) => {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
};

type BannerTone = 'info' | 'warning' | 'danger' | 'success';

const BANNER_ICONS = { info: 'info', warning: 'alert', danger: 'alert', success: 'check' } as const;

interface BannerProps {
  readonly tone?: BannerTone;
  readonly title?: string;
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A note in the flow of a screen. */
export const Banner = ({ tone = 'info', title, action, children }: BannerProps) => (
  <div class={`banner ${tone}`} role={tone === 'danger' ? 'alert' : undefined}>
    <Icon name={BANNER_ICONS[tone]} />
    <div class="banner-text">
      {title === undefined ? null : <strong class="banner-title">{title}</strong>}
      {children === undefined ? null : <div>{children}</div>}
    </div>
    {action === undefined ? null : <div class="actions">{action}</div>}
  </div>
);
