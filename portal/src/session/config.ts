import { isRecord } from '../lib/records.ts';

/** What the host says about the page: `config.json` beside it. */
export interface PortalConfig {
  readonly allowedServerUrls: readonly string[];
  /** Where an expired session gets a new link. */
  readonly refreshUrl: string | null;
}

const NONE: PortalConfig = { allowedServerUrls: [], refreshUrl: null };

const webUrl = (value: unknown): string | null => {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const { protocol, href } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
};

export const parseConfig = (value: unknown): PortalConfig => {
  if (!isRecord(value)) return NONE;
  const urls = value['allowedServerUrls'];
  return {
    allowedServerUrls: Array.isArray(urls) ? urls.map(webUrl).filter((url) => url !== null) : [],
    refreshUrl: webUrl(value['organizationTokenRefreshUrl']),
  };
};

/** The configuration; without one, or without an answer, nothing is allowed and nothing offered. */
export const loadConfig = async (base: string): Promise<PortalConfig> => {
  try {
    const response = await fetch(`${base}/config.json`, {
      credentials: 'omit',
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? parseConfig(await response.json()) : NONE;
  } catch {
    return NONE;
  }
};

/** The API's base for a key's `serverUrl`, without a slash at its end; null: the stage does not allow it. */
export const allowedServer = (serverUrl: string, { allowedServerUrls }: PortalConfig): string | null => {
  const asked = webUrl(serverUrl);
  return asked !== null && allowedServerUrls.includes(asked) ? asked.replace(/\/+$/, '') : null;
};
