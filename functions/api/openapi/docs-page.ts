import type { Operation } from '../operation.ts';

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Fonts of the reader's system, since none is loaded. */
const THEME = JSON.stringify({
  typography: {
    fontFamily: 'system-ui, sans-serif',
    headings: { fontFamily: 'system-ui, sans-serif' },
    code: { fontFamily: 'ui-monospace, monospace' },
  },
});

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

const listed = (operations: readonly Operation[]): string =>
  [...new Set(operations.map(({ tag }) => tag))]
    .map(
      (tag) =>
        `<h2>${escape(tag)}</h2><ul>${operations
          .filter((operation) => operation.tag === tag)
          .map(entry)
          .join('')}</ul>`,
    )
    .join('');

/**
 * What the page may do: run our script, read the document, and look the way that the script's styles make it look. The
 * script searches in a worker that it makes itself.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * The HTML page of the API reference: Redoc, with the document of this server. Addresses are relative, for APIs below a
 * path. Without JavaScript it lists all operations.
 */
export const docsPage = (operations: readonly Operation[], path: string): string => {
  const up = path.endsWith('/') ? '../' : '';
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Posthorn API</title>' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">' +
    '<style>body{margin:0;font-family:system-ui,sans-serif}</style></head><body>' +
    `<redoc spec-url="${up}api/v1/openapi.json" native-scrollbars theme='${THEME}'></redoc>` +
    `<noscript><h1>Posthorn API</h1><p>The HTTP API of Svix, so the official Svix clients work: give them this server’s ` +
    `address and a token. The whole description is <a href="${up}api/v1/openapi.json">openapi.json</a>.</p>` +
    `${listed(operations)}</noscript><script src="${up}docs/reference.js"></script></body></html>`
  );
};
