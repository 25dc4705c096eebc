/**
 * A URL for the terminal, whose output ends up in CI logs: without user name and password, without its fragment, and with
 * `*` for the values of its query, which may be keys. The query of `open`, the scripted receiver's origin, is shown.
 */
export const shownUrl = (text: string, open?: string): string => {
  const url = URL.parse(text);
  if (url === null || url.host === '') return '(not a URL)';
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.search === '' || url.origin === open) return url.href;
  const names = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=*`);
  return `${url.href.slice(0, -url.search.length)}?${names.join('&')}`;
};
