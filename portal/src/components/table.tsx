import type { ComponentChildren } from 'preact';

interface Column {
  readonly label: string;
  /** `wide`: only where there is room; `number`: aligned at the end. */
  readonly kind?: 'wide' | 'number' | 'wide number';
  /** The column has no visible heading: buttons. */
  readonly hidden?: boolean;
}

interface TableProps {
  /** What the table lists; read by screen readers. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Rows (`tr`), whose cells repeat the kind of their column as their class. */
  readonly children: ComponentChildren;
}

/** A table that scrolls sideways if the window is too narrow for it. */
export const Table = ({ caption, columns, children }: TableProps) => (
  <div class="table-scroll" role="group" aria-label={caption} tabIndex={0}>
    <table class="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, kind, hidden }) => (
            <th scope="col" class={kind} key={label}>
              {hidden === true ? <span class="visually-hidden">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
