import type { AttemptDetails } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { writeClipboard } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useToast } from '../../components/toast.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { asCurl } from '../../lib/curl.ts';

const useCopy = () => {
  const { t } = useI18n();
  const toast = useToast();
  return async (text: string, done: string): Promise<void> => {
    if (await writeClipboard(text)) toast.say(done);
    else toast.sayFailure(new Error(t('action.copyFailed')));
  };
};

/** In the place of a value that the page does not show. */
const HIDDEN = 'REPLACE_ME';

interface CurlButtonProps {
  readonly request: AttemptDetails['request'];
  /** Undefined while it is loading, null if it is no longer stored. */
  readonly body: string | null | undefined;
}

/** Copies the request of the attempt as a command. */
export const CurlButton = ({ request, body }: CurlButtonProps) => {
  const { t } = useI18n();
  const copy = useCopy();
  if (request === null || body === null) return null;
  const hidden = request.headers.filter(({ value }) => value === null).length;
  const copyCommand = () => {
    const headers = request.headers.map(({ name, value }): [string, string] => [name, value ?? HIDDEN]);
    const command = asCurl({ method: request.method, url: request.url, headers, body: body ?? '' });
    return copy(
      command,
      hidden === 0 ? t('delivery.curl.done') : t('delivery.curl.hidden', { count: hidden }),
    );
  };
  return (
    <Button disabled={body === undefined} onClick={() => void copyCommand()}>
      <Icon name="copy" /> {t('delivery.curl')}
    </Button>
  );
};

/** Copies the address of this screen. It has no token in it. */
export const LinkButton = () => {
  const { t } = useI18n();
  const copy = useCopy();
  const link = () => `${location.origin}${location.pathname}`;
  return (
    <Button variant="quiet" onClick={() => void copy(link(), t('delivery.link.done'))}>
      <Icon name="external" /> {t('delivery.link')}
    </Button>
  );
};
