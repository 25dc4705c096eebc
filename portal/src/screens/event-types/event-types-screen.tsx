import { useMemo, useState } from 'preact/hooks';
import { Link, useParams } from 'wouter-preact';
import { useEventTypeNames } from '../../api/catalog.ts';
import type { Everything } from '../../api/catalog.ts';
import type { EventType } from '../../api/types.ts';
import { PageHeader } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { groupEventTypes, matchingTypes } from './event-type-groups.ts';
import { EventTypeDetail } from './event-type-detail.tsx';
import { Marks } from './marks.tsx';

const Group = ({
  name,
  types,
  current,
}: {
  name: string;
  types: readonly EventType[];
  current: string | undefined;
}) => (
  <section class="catalog-group" aria-label={name}>
    <h2 class="catalog-group-name">{name}</h2>
    <ul>
      {types.map((type) => (
        <li key={type.name}>
          <Link
            href={`/event-types/${encodeURIComponent(type.name)}`}
            class="catalog-link"
            aria-current={type.name === current ? 'page' : undefined}
          >
            <span class="break">{type.name}</span>
            <Marks type={type} />
          </Link>
        </li>
      ))}
    </ul>
  </section>
);

const List = ({
  found: { items, complete },
  current,
}: {
  found: Everything<EventType>;
  current: string | undefined;
}) => {
  const { t } = useI18n();
  const [search, setSearch] = useState('');
  const shown = useMemo(() => matchingTypes(items, search), [items, search]);
  const groups = useMemo(() => groupEventTypes(shown), [shown]);
  return (
    <div class="catalog-list">
      <input
        class="input"
        type="search"
        aria-label={t('catalog.search')}
        placeholder={t('catalog.search')}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <p class="muted catalog-count" role="status">
        {shown.length === 0 ? t('catalog.none', { search }) : t('catalog.count', { count: shown.length })}
      </p>
      {complete ? null : <p class="muted">{t('catalog.cut', { count: items.length })}</p>}
      <nav class="catalog-groups" aria-label={t('catalog.title')}>
        {groups.map(({ name, types }) => (
          <Group key={name ?? ''} name={name ?? t('catalog.other')} types={types} current={current} />
        ))}
      </nav>
    </div>
  );
};

const Catalog = ({ found, current }: { found: Everything<EventType>; current: string | undefined }) => {
  const { t } = useI18n();
  if (found.items.length === 0) {
    return (
      <div class="card">
        <Empty title={t('catalog.empty')} icon="list">
          {t('catalog.empty.text')}
        </Empty>
      </div>
    );
  }
  return (
    <div class={`catalog${current === undefined ? '' : ' chosen'}`}>
      <List found={found} current={current} />
      <div class="catalog-detail">
        {current === undefined ? (
          <div class="card">
            <Empty title={t('catalog.choose')} icon="list">
              {t('catalog.choose.text')}
            </Empty>
          </div>
        ) : (
          <EventTypeDetail key={current} name={current} />
        )}
      </div>
    </div>
  );
};

/** The event types that the reader can receive, with schema and example. */
export const EventTypesScreen = () => {
  const { t } = useI18n();
  const { name } = useParams<{ name?: string }>();
  const types = useEventTypeNames();
  return (
    <>
      <PageHeader title={t('catalog.title')} subtitle={t('catalog.subtitle')} />
      <Loaded query={types} lines={8}>
        {(found) => <Catalog found={found} current={name} />}
      </Loaded>
    </>
  );
};
