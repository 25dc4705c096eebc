import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { ApiError, NoAnswer, isMissing } from '../api/problem.ts';
import { useI18n } from '../i18n/i18n.tsx';
import type { I18n } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';
import { Missing, MissingScreen } from './missing.tsx';
import type { Subject } from './missing.tsx';

/** `h1` where the state is the whole screen. */
type Heading = 'h1' | 'h2';

interface EmptyProps {
  readonly title: string;
  readonly heading?: Heading;
  readonly icon?: IconName;
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** There is nothing yet: says why, and what to do. */
export const Empty = ({ title, heading: Title = 'h2', icon = 'inbox', action, children }: EmptyProps) => (
  <div class="state">
    <span class="state-icon">
      <Icon name={icon} size={20} />
    </span>
    <Title class="state-title">{title}</Title>
    {children === undefined ? null : <p class="muted state-text">{children}</p>}
    {action === undefined ? null : <div class="state-action">{action}</div>}
  </div>
);

const STATUS_TEXTS = {
  401: 'session.expired.title',
  403: 'error.forbidden',
  404: 'error.notFound',
  429: 'error.tooMany',
} as const;

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

interface FailureProps {
  readonly error: unknown;
  readonly heading?: Heading;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
}

/** Something could not be loaded. */
const Failure = ({ error, heading: Title = 'h2', isRetrying, onRetry }: FailureProps) => {
  const i18n = useI18n();
  return (
    <div class="state" role="alert">
      <span class="state-icon danger">
        <Icon name="alert" size={20} />
      </span>
      <Title class="state-title">{i18n.t('error.title')}</Title>
      <p class="muted state-text">{failureText(error, i18n)}</p>
      <div class="state-action">
        <Button busy={isRetrying} onClick={onRetry}>
          {i18n.t('error.retry')}
        </Button>
      </div>
    </div>
  );
};

/** Grey lines in the place of text that is being loaded. */
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
  /** 0: it never failed. */
  readonly errorUpdatedAt: number;
  readonly isFetching: boolean;
  /** Whether the data is that of another query, shown until this one has its own. */
  readonly isPlaceholderData?: boolean;
  readonly refetch: () => unknown;
}

/**
 * Why a query has no data; null: it is loading for the first time, or has loaded. A query that is tried again has no error
 * meanwhile; its last one stays, so that the screen does not blink and the button keeps the focus. Data of what was deleted
 * since is no data.
 */
export const useFailure = ({
  data,
  error,
  errorUpdatedAt,
  isPlaceholderData = false,
}: Loading<unknown>): unknown => {
  const last = useRef<{ readonly error: unknown; readonly atMs: number }>({ error: null, atMs: 0 });
  if (error !== null) last.current = { error, atMs: errorUpdatedAt };
  if (isMissing(error)) return error;
  const isLoaded = data !== undefined && !isPlaceholderData;
  if (isLoaded || last.current.atMs !== errorUpdatedAt) return null;
  return last.current.error;
};

interface LoadFailureProps {
  readonly query: Loading<unknown>;
  /** What could not be loaded, where the place does not say it. */
  readonly what?: string;
}

const FailureLine = ({ query, what, failure }: LoadFailureProps & { failure: unknown }) => {
  const i18n = useI18n();
  return (
    <p class="load-failure" role="alert">
      <span>
        {what === undefined ? null : `${what}: `}
        {i18n.t('error.title')}. {failureText(failure, i18n)}
      </span>{' '}
      <Button size="small" busy={query.isFetching} onClick={() => void query.refetch()}>
        {i18n.t('error.retry')}
      </Button>
    </p>
  );
};

/** That a part of a screen could not be loaded, as one line; nothing while it loads and once it has. */
export const LoadFailure = (props: LoadFailureProps) => {
  const failure = useFailure(props.query);
  return failure === null ? null : <FailureLine {...props} failure={failure} />;
};

interface LoadedLineProps<Data> extends LoadFailureProps {
  readonly query: Loading<Data>;
  readonly children: (data: Data) => ComponentChildren;
}

/** As Loaded, for a line among others. */
export const LoadedLine = <Data,>({ children, ...props }: LoadedLineProps<Data>) => {
  const failure = useFailure(props.query);
  if (failure !== null) return <FailureLine {...props} failure={failure} />;
  return props.query.data === undefined ? <Skeleton lines={1} /> : <>{children(props.query.data)}</>;
};

interface LoadedProps<Data> {
  readonly query: Loading<Data>;
  readonly lines?: number;
  /** Whether it is all that the screen shows, so that a failure is its heading. */
  readonly isScreen?: boolean;
  /** What it is about, if that may not exist. */
  readonly subject?: Subject;
  readonly children: (data: Data) => ComponentChildren;
}

/**
 * The data of a query, or its loading and error state. Data that is there stays when a later fetch fails, unless it fails
 * because what it describes was deleted.
 */
export const Loaded = <Data,>({
  query,
  lines = 4,
  isScreen = false,
  subject,
  children,
}: LoadedProps<Data>) => {
  const failure = useFailure(query);
  if (subject !== undefined && isMissing(failure)) {
    const existed = query.data !== undefined;
    return isScreen ? (
      <MissingScreen subject={subject} existed={existed} />
    ) : (
      <Missing subject={subject} existed={existed} heading="h2" />
    );
  }
  if (failure === null) {
    return query.data === undefined ? <Skeleton lines={lines} /> : <>{children(query.data)}</>;
  }
  return (
    <Failure
      error={failure}
      heading={isScreen ? 'h1' : 'h2'}
      isRetrying={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  );
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
