import { QueryClient, QueryClientProvider } from '@tanstack/preact-query';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Router } from 'wouter-preact';
import { ApiError, isTemporary } from '../api/problem.ts';
import { watchfulCaches } from '../api/vanished.ts';
import { Crash } from '../components/crash.tsx';
import { ToastProvider } from '../components/toast.tsx';
import type { EmbedParameters } from '../embed/parameters.ts';
import { I18nContext, makeI18n, startingLanguage } from '../i18n/i18n.tsx';
import type { Language } from '../i18n/i18n.tsx';
import type { Locale } from '../i18n/locale.ts';
import type { Places } from '../routing/base.ts';
import type { SessionStore } from '../session/session.ts';
import { SessionContext, useSessionState } from '../session/use-session.tsx';
import { ClosedScreen, UnreachableScreen } from '../screens/session/closed-screen.tsx';
import { EndedNotice } from '../screens/session/ended-notice.tsx';
import { OpeningScreen } from '../screens/session/opening-screen.tsx';
import { Portal } from './portal.tsx';
import { ThemedPage } from './themed-page.tsx';

interface AppProps {
  readonly places: Places;
  readonly sessions: SessionStore;
  readonly embed: EmbedParameters;
  readonly isLogin: boolean;
  readonly start: Language;
}

const MOST_RETRIES = 2;

/** Refusals are final; a server that failed or did not answer is asked again. */
const isWorthRepeating = (failures: number, thrown: unknown): boolean =>
  failures < MOST_RETRIES && !(thrown instanceof ApiError && thrown.status < 500);

const makeQueryClient = () => {
  const client: QueryClient = new QueryClient({
    ...watchfulCaches(() => client),
    defaultOptions: {
      queries: {
        retry: isWorthRepeating,
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        // By default not in this mode. What was refused, such as what does not exist, stays so.
        refetchOnReconnect: ({ state }) => state.error === null || isTemporary(state.error),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
};

const useLanguage = (start: Language) => {
  const [language, setLanguage] = useState(start);
  const i18n = useMemo(() => makeI18n(language.locale, language.catalogue, navigator.languages), [language]);
  useEffect(() => {
    document.documentElement.lang = i18n.locale === 'en-XA' ? 'en' : i18n.locale;
    document.title = i18n.t('app.title');
  }, [i18n]);
  const choose = (locale: Locale) => {
    void startingLanguage(locale).then(setLanguage);
  };
  return { i18n, choose };
};

const Screens = ({ sessions, embed, isLogin, places }: Omit<AppProps, 'start'>) => {
  const state = useSessionState(sessions);
  const retry = useCallback(() => void sessions.open(), [sessions]);
  if (state.kind === 'opening') return <OpeningScreen />;
  if (state.kind === 'unreachable') return <UnreachableScreen state={state} onRetry={retry} />;
  if (state.kind === 'closed') return <ClosedScreen reason={state.reason} base={places.base} />;
  const notice =
    state.kind === 'ended' ? <EndedNotice base={places.base} onLeave={() => sessions.leave()} /> : null;
  return (
    <SessionContext.Provider value={state.session}>
      <Portal next={isLogin ? embed.next : null} notice={notice} onLogOut={() => void sessions.logOut()} />
    </SessionContext.Provider>
  );
};

export const App = ({ start, ...props }: AppProps) => {
  const { i18n, choose } = useLanguage(start);
  const client = useMemo(makeQueryClient, []);
  return (
    <I18nContext.Provider value={i18n}>
      <QueryClientProvider client={client}>
        <ThemedPage embed={props.embed} sessions={props.sessions} chooseLocale={choose}>
          <Crash>
            <ToastProvider>
              <Router base={props.places.base}>
                <Screens {...props} />
              </Router>
            </ToastProvider>
          </Crash>
        </ThemedPage>
      </QueryClientProvider>
    </I18nContext.Provider>
  );
};
