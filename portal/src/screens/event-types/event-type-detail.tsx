import { useMemo, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { EventType } from '../../api/types.ts';
import { ButtonLink } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code/code-block.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Select } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card } from '../../components/page.tsx';
import { Banner, Loaded } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { exampleOf, schemaRows, schemaVersions } from '../../lib/json/schema.ts';
import type { SchemaRow } from '../../lib/json/schema.ts';
import { isRecord } from '../../lib/records.ts';
import { Marks, isFlagged } from './marks.tsx';
import { useEventType } from './use-event-type.ts';

const FieldRow = ({ row }: { row: SchemaRow }) => {
  const { t } = useI18n();
  return (
    <tr>
      <th scope="row" class={`schema-field depth-${Math.min(row.depth, 6)}`}>
        <code class="break" translate={false}>
          {row.path}
        </code>
        {row.required ? <span class="cell-sub">{t('catalog.field.required')}</span> : null}
      </th>
      <td>
        <code translate={false}>{row.type}</code>
      </td>
      <td>
        {row.description}
        {row.values.length === 0 ? null : (
          <span class="cell-sub break">{t('catalog.field.values', { values: row.values.join(', ') })}</span>
        )}
      </td>
    </tr>
  );
};

const Fields = ({ rows }: { rows: readonly SchemaRow[] }) => {
  const { t } = useI18n();
  return (
    <Table
      caption={t('catalog.schema.fields')}
      columns={[
        { label: t('catalog.field') },
        { label: t('catalog.field.type') },
        { label: t('catalog.field.description') },
      ]}
    >
      {rows.map((row) => (
        <FieldRow key={row.path} row={row} />
      ))}
    </Table>
  );
};

const hasOwnExample = (schema: unknown): boolean =>
  isRecord(schema) && Array.isArray(schema['examples']) && schema['examples'].length > 0;

const Example = ({ schema }: { schema: unknown }) => {
  const { t } = useI18n();
  const text = useMemo(() => JSON.stringify(exampleOf(schema), null, 2), [schema]);
  return (
    <Card
      title={t('catalog.example')}
      {...(hasOwnExample(schema) ? {} : { description: t('catalog.example.made') })}
      actions={<CopyButton text={`${text}\n`} label={t('catalog.fixture')} />}
    >
      <CodeBlock text={text} label={t('catalog.example')} language="json" />
    </Card>
  );
};

const Schemas = ({ schemas }: { schemas: unknown }) => {
  const { t } = useI18n();
  const versions = useMemo(() => schemaVersions(schemas), [schemas]);
  const [chosen, setChosen] = useState(versions[0]?.[0] ?? '');
  const schema = versions.find(([version]) => version === chosen)?.[1];
  const rows = useMemo(() => schemaRows(schema), [schema]);
  if (versions.length === 0) {
    return (
      <Card title={t('catalog.schema')}>
        <p class="muted">{t('catalog.schema.none')}</p>
      </Card>
    );
  }
  return (
    <>
      <Example schema={schema} />
      <Card title={t('catalog.schema')} flush>
        {versions.length === 1 ? null : (
          <div class="card-note">
            <Select
              label={t('catalog.version')}
              value={chosen}
              onChange={setChosen}
              options={versions.map(([version]) => ({ value: version, label: version }))}
            />
          </div>
        )}
        {rows.length === 0 ? null : <Fields rows={rows} />}
        <details class="card-note">
          <summary>{t('catalog.schema.raw')}</summary>
          <CodeBlock text={JSON.stringify(schema, null, 2)} label={t('catalog.schema.raw')} language="json" />
        </details>
      </Card>
    </>
  );
};

const Detail = ({ type }: { type: EventType }) => {
  const { t } = useI18n();
  return (
    <div class="stack">
      <div>
        <Link href="/event-types" class="back catalog-back">
          <Icon name="back" /> {t('catalog.back')}
        </Link>
        <div class="page-header-row">
          <div class="page-header-text">
            <h2 class="page-title break">{type.name}</h2>
            {type.description === '' ? null : <p class="page-subtitle">{type.description}</p>}
            <p class="tags">
              <Marks type={type} />
            </p>
          </div>
          <div class="actions">
            <ButtonLink href={`/messages?type=${encodeURIComponent(type.name)}`}>
              {t('catalog.messages')}
            </ButtonLink>
          </div>
        </div>
      </div>
      {type.deprecated ? <Banner tone="warning">{t('catalog.deprecated.text')}</Banner> : null}
      {isFlagged(type) ? <Banner>{t('catalog.flagged.text')}</Banner> : null}
      <Schemas schemas={type.schemas} />
    </div>
  );
};

/** One event type: what its payload looks like. */
export const EventTypeDetail = ({ name }: { name: string }) => {
  const { t } = useI18n();
  const type = useEventType(name);
  return (
    <Loaded
      query={type}
      subject={{
        title: t('missing.eventType'),
        text: t('missing.eventType.text'),
        back: { href: '/event-types', label: t('catalog.back') },
      }}
    >
      {(data) => <Detail type={data} />}
    </Loaded>
  );
};
