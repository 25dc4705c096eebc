import { useParams } from 'wouter-preact';
import { Tag } from '../../components/badge.tsx';
import { JsonViewer } from '../../components/code/code-block.tsx';
import { Copyable } from '../../components/copy-button.tsx';
import { Card, Facts, PageHeader } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { FullMessage } from '../../api/message-text.ts';
import { useFullMessage } from '../../api/use-full-message.ts';
import { DeliveriesCard } from './deliveries.tsx';

const Tags = ({ names }: { names: readonly string[] }) => (
  <span class="tags">
    {names.map((name) => (
      <Tag key={name}>{name}</Tag>
    ))}
  </span>
);

const MessageFacts = ({ message }: Pick<FullMessage, 'message'>) => {
  const { t } = useI18n();
  const { id, eventId, channels, tags, deliverAt, timestamp } = message;
  return (
    <Facts
      items={[
        [t('messages.id'), <Copyable key="id" text={id} what={t('messages.id')} />],
        ...(eventId === null
          ? []
          : [
              [
                t('messages.eventId'),
                <Copyable key="event" text={eventId} what={t('messages.eventId')} />,
              ] as const,
            ]),
        [t('messages.time'), <Time key="time" at={timestamp} form="exact" />],
        ...(deliverAt === undefined
          ? []
          : [[t('messages.deliverAt'), <Time key="deliver" at={deliverAt} form="exact" />] as const]),
        ...(channels === null
          ? []
          : [[t('messages.channels'), <Tags key="channels" names={channels} />] as const]),
        ...(tags === undefined ? [] : [[t('messages.tags'), <Tags key="tags" names={tags} />] as const]),
      ]}
    />
  );
};

const Payload = ({ body }: Pick<FullMessage, 'body'>) => {
  const { t } = useI18n();
  if (body === null) return <p class="muted">{t('messages.payload.gone')}</p>;
  return <JsonViewer text={body} label={t('messages.payload')} />;
};

const MessageParts = ({ full: { message, body } }: { full: FullMessage }) => {
  const { t } = useI18n();
  return (
    <>
      <PageHeader
        title={message.eventType}
        subtitle={<Time at={message.timestamp} />}
        back={{ href: '/messages', label: t('messages.title') }}
      />
      <div class="stack">
        <DeliveriesCard messageId={message.id} />
        <Card title={t('messages.message')}>
          <MessageFacts message={message} />
        </Card>
        <Card title={t('messages.payload')}>
          <Payload body={body} />
        </Card>
      </div>
    </>
  );
};

/** A message: where it went, and what is in it. */
export const MessageScreen = () => {
  const { messageId } = useParams<{ messageId: string }>();
  const { t } = useI18n();
  const message = useFullMessage(messageId);
  return (
    <Loaded
      query={message}
      isScreen
      subject={{
        title: t('missing.message'),
        text: t('missing.stored.text'),
        back: { href: '/messages', label: t('messages.title') },
      }}
    >
      {(full) => <MessageParts full={full} />}
    </Loaded>
  );
};
