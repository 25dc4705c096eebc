import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../api/client.ts';
import type { PortalSettings } from '../api/types.ts';
import type { EmbedParameters } from '../embed/parameters.ts';
import type { Locale } from '../i18n/locale.ts';
import type { SessionStore } from '../session/session.ts';
import { readStored, store } from '../session/storage.ts';
import { useSessionState } from '../session/use-session.tsx';
import { applyTheme } from '../theme/apply-theme.ts';
import { themeProperties } from '../theme/theme.ts';
import type { Scheme } from '../theme/theme.ts';
import { DisplayContext } from './display.tsx';

const STORED_SCHEME = 'posthorn.scheme';

const asScheme = (value: unknown): Scheme | null =>
  value === 'light' || value === 'dark' || value === 'auto' ? value : null;

/** The organization's branding; the page shows without it until it is there. */
const useSettings = (sessions: SessionStore): PortalSettings | null => {
  const state = useSessionState(sessions);
  const session = state.kind === 'open' || state.kind === 'ended' ? state.session : null;
  const { data } = useQuery({
    queryKey: ['portal-settings', session?.appId],
    enabled: session !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      if (session === null) return null;
      const path = { app_id: session.appId };
      return dataOf(await session.api.GET('/api/v1/app/{app_id}/portal-settings', { params: { path } }));
    },
  });
  return data ?? null;
};

interface ThemedPageProps {
  readonly embed: EmbedParameters;
  readonly sessions: SessionStore;
  readonly chooseLocale: (locale: Locale) => void;
  readonly children: ComponentChildren;
}

/** Applies colours, font and scheme to the document, and offers what the reader may change. */
export const ThemedPage = ({ embed, sessions, chooseLocale, children }: ThemedPageProps) => {
  const settings = useSettings(sessions);
  const [scheme, setScheme] = useState<Scheme>(
    () => asScheme(readStored(STORED_SCHEME)) ?? embed.scheme ?? 'light',
  );
  const properties = useMemo(() => themeProperties(embed, settings), [embed, settings]);
  useLayoutEffect(() => applyTheme(document.documentElement, scheme, properties), [scheme, properties]);
  const chooseScheme = (chosen: Scheme) => {
    store(STORED_SCHEME, chosen);
    setScheme(chosen);
  };
  const display = { embed, settings, scheme, chooseScheme, chooseLocale };
  return <DisplayContext.Provider value={display}>{children}</DisplayContext.Provider>;
};
