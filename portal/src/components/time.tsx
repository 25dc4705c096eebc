import { useEffect, useState } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';

const REFRESH_MS = 15_000;
const NOW_MS = 5_000;

/** The current time, renewed while the page is visible. */
export const useNow = (everyMs = REFRESH_MS): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNow(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

interface TimeProps {
  /** RFC 3339, or milliseconds. */
  readonly at: string | number;
  /** `relative`: "3 minutes ago", with the exact time on hover; `exact`: date, time and zone; `short`: without the year. */
  readonly form?: 'relative' | 'exact' | 'short';
}

export const Time = ({ at, form = 'relative' }: TimeProps) => {
  const i18n = useI18n();
  const now = useNow();
  const atMs = typeof at === 'number' ? at : Date.parse(at);
  if (Number.isNaN(atMs)) return null;
  const exact = i18n.exact(atMs);
  const recent = Math.abs(now - atMs) < NOW_MS ? i18n.t('time.now') : i18n.relative(atMs, now);
  const text = { relative: recent, exact, short: i18n.short(atMs) }[form];
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exact}>
      {text}
    </time>
  );
};
