import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { Banner } from '../components/states.tsx';
import { Mark } from '../components/icon.tsx';
import { useI18n } from '../i18n/i18n.tsx';
import type { Key } from '../i18n/i18n.tsx';
import { imageUrlOf } from '../embed/parameters.ts';
import { useCurrentInView } from '../components/use-current-in-view.ts';
import { useIsStale } from '../polling/polling.tsx';
import { useDisplay } from './display.tsx';
import { DisplayMenu } from './display-menu.tsx';

const SECTIONS: readonly (readonly [string, Key])[] = [
  ['/endpoints', 'nav.endpoints'],
  ['/messages', 'nav.messages'],
  ['/failures', 'nav.failures'],
  ['/event-types', 'nav.eventTypes'],
  ['/replays', 'nav.replays'],
];

const useOnline = (): boolean => {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return isOnline;
};

const Brand = () => {
  const { embed, settings } = useDisplay();
  const { t } = useI18n();
  const light = embed.icon ?? imageUrlOf(settings?.logoUrl);
  const dark = embed.icon ?? imageUrlOf(settings?.customLogoUrl) ?? light;
  const name = settings?.displayName ?? t('app.title');
  return (
    <span class="brand">
      {light === null || dark === null ? (
        <Mark />
      ) : (
        <>
          <img class="brand-logo only-light" src={light} alt="" referrerpolicy="no-referrer" />
          <img class="brand-logo only-dark" src={dark} alt="" referrerpolicy="no-referrer" />
        </>
      )}
      <span class="brand-name">{name}</span>
    </span>
  );
};

const Navigation = () => {
  const { t } = useI18n();
  const [location] = useLocation();
  const row = useCurrentInView(location);
  return (
    <nav ref={row} class="nav" aria-label={t('nav.label')}>
      {SECTIONS.map(([path, label]) => {
        const isHere = location === path || location.startsWith(`${path}/`);
        return (
          <Link key={path} href={path} class="nav-link" aria-current={isHere ? 'page' : undefined}>
            {t(label)}
          </Link>
        );
      })}
    </nav>
  );
};

interface FrameProps {
  readonly notice: ComponentChildren;
  readonly onLogOut: () => void;
  readonly children: ComponentChildren;
}

/** Header, sections and the current screen; with hideNavigation the screen alone. */
export const Frame = ({ notice, onLogOut, children }: FrameProps) => {
  const { t } = useI18n();
  const { embed } = useDisplay();
  const isOnline = useOnline();
  const isStale = useIsStale();
  const note = isOnline ? (isStale ? 'stale.text' : null) : 'offline.text';
  return (
    <div class={`frame${embed.noGutters ? ' no-gutters' : ''}`}>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      {embed.hideNavigation ? null : (
        <header class="header">
          <div class="header-top gutter">
            <Brand />
            <DisplayMenu onLogOut={onLogOut} />
          </div>
          <div class="gutter">
            <Navigation />
          </div>
        </header>
      )}
      <div class="notes gutter">
        <div role="status">{note === null ? null : <Banner tone="warning">{t(note)}</Banner>}</div>
        {notice}
      </div>
      <main id="content" class="content gutter" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
};
