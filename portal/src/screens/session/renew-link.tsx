import { useEffect, useState } from 'preact/hooks';
import { useI18n } from '../../i18n/i18n.tsx';
import { loadConfig } from '../../session/config.ts';

/** The address where the host gives new links, if it has one. */
const useRefreshUrl = (base: string): string | null => {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let isShown = true;
    void loadConfig(base).then(({ refreshUrl }) => {
      if (isShown) setUrl(refreshUrl);
    });
    return () => {
      isShown = false;
    };
  }, [base]);
  return url;
};

/** The way to a new link; nothing if the host does not name one. */
export const RenewLink = ({ base }: { base: string }) => {
  const { t } = useI18n();
  const url = useRefreshUrl(base);
  return url === null ? null : (
    <a class="button primary" href={url} target="_top" rel="noreferrer">
      {t('session.renew')}
    </a>
  );
};
