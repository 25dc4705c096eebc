import { useMutation } from '@tanstack/preact-query';
import { allPages } from '../../api/catalog.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useToast } from '../../components/toast.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { csvFileName, csvText } from '../../lib/csv.ts';
import { downloadText } from '../../lib/download.ts';
import type { Filters } from '../../lib/filters.ts';
import { useSession } from '../../session/use-session.tsx';
import { fetchMessages } from './use-messages.ts';
import type { MessageRow } from './use-messages.ts';

const PAGE = 250;
const MOST_PAGES = 20;

const WORDS: Readonly<Record<number, string>> = {
  0: 'succeeded',
  1: 'pending',
  2: 'failed',
  3: 'sending',
  4: 'canceled',
};

// The head is for programs: the names of the API, in every language.
const HEAD = ['id', 'eventId', 'eventType', 'channels', 'tags', 'timestamp', 'status', 'nextAttempt'];

const rowOf = (message: MessageRow) => [
  message.id,
  message.eventId,
  message.eventType,
  message.channels?.join(' '),
  message.tags?.join(' '),
  message.timestamp,
  message.status === undefined ? null : WORDS[message.status],
  message.nextAttempt,
];

/** Saves the filtered list, whatever page of it is shown. */
export const ExportButton = ({ filters, nowMs }: { filters: Filters; nowMs: number }) => {
  const { t } = useI18n();
  const session = useSession();
  const toast = useToast();
  const save = useMutation({
    mutationFn: () =>
      allPages<MessageRow>(
        (iterator) => fetchMessages(session, { filters, nowMs, iterator: iterator ?? null, limit: PAGE }),
        MOST_PAGES,
      ),
    onSuccess: ({ items, complete }) => {
      downloadText(
        csvFileName('messages', new Date()),
        csvText(HEAD, items.map(rowOf)),
        'text/csv;charset=utf-8',
      );
      const count = items.length;
      toast.say(t(complete ? 'messages.export.done' : 'messages.export.cut', { count }));
    },
    onError: toast.sayFailure,
  });
  return (
    <Button busy={save.isPending} onClick={() => save.mutate()}>
      <Icon name="down" /> {t('messages.export')}
    </Button>
  );
};
