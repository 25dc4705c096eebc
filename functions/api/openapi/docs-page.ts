import type { Operation } from '../operation.ts';

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}' +
  'h2{margin-top:2rem;border-bottom:1px solid #d5dae1}li{margin:.4rem 0;list-style:none}ul{padding:0}' +
  'code{font:14px ui-monospace,monospace}.m{display:inline-block;width:4.5rem;font-weight:700}' +
  '.s{display:block;padding-left:4.5rem;color:#4c5a6b}' +
  '@media(prefers-color-scheme:dark){body{background:#12161c;color:#dde3ea}.s{color:#9aa7b5}}';

const ACCESS: Record<Operation['auth'], string> = {
  organization: 'organization token',
  application: 'organization token, or the application’s own',
  any: 'any token',
  management: 'management token',
  none: 'no token',
};

const entry = (operation: Operation): string =>
  `<li><code><span class="m">${operation.method}</span> ${escape(operation.path)}</code>` +
  `<span class="s">${escape(operation.summary)} (${ACCESS[operation.auth]})</span></li>`;

/** The HTML page that lists all operations; openapi.json is the machine-readable description. */
export const docsPage = (operations: readonly Operation[]): string => {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const sections = tags.map(
    (tag) =>
      `<h2>${escape(tag)}</h2><ul>${operations
        .filter((operation) => operation.tag === tag)
        .map(entry)
        .join('')}</ul>`,
  );
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Posthorn API</title>' +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head><body>` +
    '<h1>Posthorn API</h1><p>The HTTP API of Svix, so the official Svix clients work: give them this server’s ' +
    'address and a token. The whole description is <a href="/api/v1/openapi.json">openapi.json</a>.</p>' +
    `${sections.join('')}</body></html>`
  );
};
