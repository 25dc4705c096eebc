/** Paths that `next` may name: those of our own screens, never another origin. */
const SCREENS = ['endpoints', 'messages', 'event-types', 'failures', 'replays'];

const SAFE_PATH = /^\/[\w\-.:@%/]*$/;

const isSafe = (path: string): boolean =>
  SAFE_PATH.test(path) &&
  !path.includes('//') &&
  !path.split('/').includes('..') &&
  SCREENS.includes(path.split('/')[1] ?? '');

/**
 * The path to open after login from the `next` parameter, with its query; null: none, or one that is not ours. The answer
 * is resolved below the router's base, so it cannot leave the page.
 */
export const safeNext = (next: string | null): string | null => {
  if (next === null || next.length > 2_000) return null;
  const absolute = next.startsWith('/') ? next : `/${next}`;
  const [path = '', ...query] = absolute.split('?');
  if (!isSafe(path)) return null;
  const search = new URLSearchParams(query.join('?')).toString();
  return search === '' ? path : `${path}?${search}`;
};
