import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { useDisplay } from '../../app/display.tsx';
import { Tag } from '../../components/badge.tsx';
import { BusyArea } from '../../components/busy-area.tsx';
import { Button } from '../../components/button.tsx';
import { FilterBar } from '../../components/filters/filter-bar.tsx';
import type { FilterName } from '../../components/filters/filter-bar.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card, PageHeader } from '../../components/page.tsx';
import { Pagination } from '../../components/pagination.tsx';
import { Banner, Empty, Loaded } from '../../components/states.tsx';
import { StatusBadge } from '../../components/delivery/status-badge.tsx';
import { Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { useFilters } from '../../components/filters/use-filters.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import { NO_FILTERS, isFiltered } from '../../lib/filters.ts';
import { ExportButton } from './export-button.tsx';
import { useMessages } from './use-messages.ts';
import type { MessagePage, MessageRow } from './use-messages.ts';

/** Opens a message by either of its ids. */
const Lookup = () => {
  const { t } = useI18n();
  const [, navigate] = useLocation();
  const [id, setId] = useState('');
  return (
    <form
      class="lookup"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== '') navigate(`/messages/${encodeURIComponent(id.trim())}`);
      }}
    >
      <input
        class="input"
        type="search"
        aria-label={t('messages.lookup')}
        placeholder={t('messages.lookup.hint')}
        autocomplete="off"
        value={id}
        onInput={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit">
        <Icon name="search" /> {t('messages.lookup.open')}
      </Button>
    </form>
  );
};

const Row = ({ message, hasStatus }: { message: MessageRow; hasStatus: boolean }) => (
  <tr class="linked">
    <th scope="row">
      <Link href={`/messages/${message.id}`} class="row-link">
        {message.eventType}
      </Link>
      {message.eventId === null ? null : <span class="cell-sub break">{message.eventId}</span>}
    </th>
    {hasStatus ? (
      <td>
        <StatusBadge status={message.status ?? 1} />
      </td>
    ) : null}
    <td class="wide">
      <code class="break">{message.id}</code>
    </td>
    <td class="wide">
      <span class="tags">
        {[...(message.channels ?? []), ...(message.tags ?? [])].map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
    </td>
    <td>
      <Time at={message.timestamp} />
    </td>
  </tr>
);

const Rows = ({ messages, hasStatus }: { messages: readonly MessageRow[]; hasStatus: boolean }) => {
  const { t } = useI18n();
  return (
    <Table
      caption={t('messages.title')}
      columns={[
        { label: t('messages.type') },
        ...(hasStatus ? [{ label: t('messages.status') }] : []),
        { label: t('messages.id'), kind: 'wide' as const },
        { label: `${t('messages.channels')}, ${t('messages.tags')}`, kind: 'wide' as const },
        { label: t('messages.time') },
      ]}
    >
      {messages.map((message) => (
        <Row key={message.id} message={message} hasStatus={hasStatus} />
      ))}
    </Table>
  );
};

const Nothing = ({ onClear }: { onClear: (() => void) | null }) => {
  const { t } = useI18n();
  if (onClear === null) return <Empty title={t('messages.empty')}>{t('messages.empty.text')}</Empty>;
  return (
    <Empty
      title={t('messages.empty.filtered')}
      icon="search"
      action={<Button onClick={onClear}>{t('action.filter.clear')}</Button>}
    >
      {t('messages.empty.filtered.text')}
    </Empty>
  );
};

const OF_APPLICATION: readonly FilterName[] = ['endpoint', 'type', 'channel', 'tag', 'range'];
const OF_ENDPOINT: readonly FilterName[] = [
  'endpoint',
  'status',
  'cause',
  'class',
  'type',
  'channel',
  'tag',
  'range',
];

/** Organizations without channels or tags do not show them; a filter that is set stays. */
const useShownFilters = (): ((name: FilterName) => boolean) => {
  const { settings } = useDisplay();
  const { filters } = useFilters();
  return (name) => {
    if (name === 'channel') return settings?.enableChannels === true || filters.channel !== null;
    return name !== 'tag' || settings?.enableMessageTags === true || filters.tag !== null;
  };
};

/** Messages with filters that run on the server; everything that is chosen is in the address. */
export const MessagesScreen = () => {
  const { t } = useI18n();
  const { filters, nowMs, page, change, goTo } = useFilters();
  const [isLive, setLive] = useState(false);
  const hasStatus = filters.endpoint !== null;
  const isShown = useShownFilters();
  const canBeLive = page === null && filters.before === null;
  const found = useMessages({ filters, nowMs, iterator: page, isLive: isLive && canBeLive });
  const list = ({ data, done, iterator, prevIterator }: MessagePage) => (
    <BusyArea busy={found.isPlaceholderData}>
      {data.length === 0 && done && page === null ? (
        <Nothing onClear={isFiltered(filters) ? () => change(NO_FILTERS) : null} />
      ) : data.length === 0 && done ? (
        <Empty title={t('table.empty')} />
      ) : (
        <Rows messages={data} hasStatus={hasStatus} />
      )}
      {data.length === 0 && !done ? <Banner>{t('messages.partial')}</Banner> : null}
      <Pagination
        busy={found.isPlaceholderData}
        onNewer={page === null ? undefined : () => goTo(data.length === 0 ? null : (prevIterator ?? null))}
        onOlder={done || iterator === null ? undefined : () => goTo(iterator)}
      />
    </BusyArea>
  );
  return (
    <>
      <PageHeader
        title={t('messages.title')}
        subtitle={t('messages.subtitle')}
        actions={
          <>
            <button
              type="button"
              class={`button secondary live${isLive ? ' on' : ''}`}
              aria-pressed={isLive}
              disabled={!canBeLive}
              onClick={() => setLive(!isLive)}
            >
              <span class="badge-dot" aria-hidden="true" /> {t('messages.live')}
            </button>
            <ExportButton filters={filters} nowMs={nowMs} />
          </>
        }
      />
      <Lookup />
      {isLive && canBeLive ? (
        <p class="muted" role="status">
          {t('messages.live.on')}
        </p>
      ) : null}
      <Card flush>
        <FilterBar
          names={(hasStatus ? OF_ENDPOINT : OF_APPLICATION).filter(isShown)}
          filters={filters}
          onChange={change}
        />
        <Loaded query={found} lines={8}>
          {list}
        </Loaded>
      </Card>
    </>
  );
};
