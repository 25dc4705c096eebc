import { expect, it } from 'vitest';
import { shownUrl } from '../../../scripts/local/shown-url.ts';

it.each([
  ['https://user:secret@example.com/hook', 'https://example.com/hook'],
  ['https://secret@example.com/', 'https://example.com/'],
  ['https://example.com/hook?token=secret&b=secret#secret', 'https://example.com/hook?token=*&b=*'],
  ['https://example.com/hook?secret', 'https://example.com/hook?secret=*'],
  ['http://127.0.0.1:9/flaky?flap=2', 'http://127.0.0.1:9/flaky?flap=2'],
  ['http://u:secret@127.0.0.1:9/flaky?flap=2', 'http://127.0.0.1:9/flaky?flap=2'],
  ['ftp://u:secret@host/x', 'ftp://host/x'],
  ['u:secret@host', '(not a URL)'],
])('the URL %s is shown without credentials', (url, shown) => {
  expect(shownUrl(url, 'http://127.0.0.1:9')).toBe(shown);
});
