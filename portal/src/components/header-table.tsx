import type { HeaderValue } from '../api/types.ts';
import { useI18n } from '../i18n/i18n.tsx';

/** Header fields as name and value; a value that is not shown says so. */
export const HeaderTable = ({ headers, label }: { headers: readonly HeaderValue[]; label: string }) => {
  const { t } = useI18n();
  if (headers.length === 0) return <p class="muted">{t('table.empty')}</p>;
  return (
    <div class="table-scroll" role="group" aria-label={label} tabIndex={0}>
      <table class="table headers">
        <caption class="visually-hidden">{label}</caption>
        <tbody>
          {headers.map(({ name, value }, index) => (
            <tr key={`${name}${index}`}>
              <th scope="row">{name}</th>
              <td>
                {value === null ? <span class="muted">{t('headers.hidden')}</span> : <code>{value}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
