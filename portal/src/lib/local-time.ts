const two = (value: number): string => String(value).padStart(2, '0');

/** An instant as `datetime-local` fields have it, in the reader's zone; empty: none. */
export const toLocalTime = (instant: string | null): string => {
  if (instant === null) return '';
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return '';
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

/** The instant of a `datetime-local` field; null: empty or incomplete. */
export const fromLocalTime = (value: string): string | null => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};
