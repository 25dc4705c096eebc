import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PortalSettings } from '../api/types.ts';
import type { EmbedParameters } from '../embed/parameters.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Scheme } from '../theme/theme.ts';

/** How the page looks, and what the reader changed about it. */
export interface Display {
  readonly embed: EmbedParameters;
  /** Null until they are loaded, or if the organization has none. */
  readonly settings: PortalSettings | null;
  readonly scheme: Scheme;
  readonly chooseScheme: (scheme: Scheme) => void;
  readonly chooseLocale: (locale: Locale) => void;
}

export const DisplayContext = createContext<Display | null>(null);

export const useDisplay = (): Display => {
  const display = useContext(DisplayContext);
  if (display === null) throw new Error('useDisplay needs a DisplayContext');
  return display;
};
