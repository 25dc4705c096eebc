import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listen } from '../../../scripts/local/listen.ts';

/** A platform's site, on an origin of its own, with pages that embed the portal. */
export interface EmbeddingServer {
  readonly origin: string;
  /** A page that embeds the portal by svix-react's <AppPortal> with these properties. */
  readonly appPortal: (react: ReactVersion, properties: object) => string;
  /** A page with a plain <iframe>. */
  readonly iframe: (url: string, width?: string) => string;
  close(): Promise<void>;
}

export const REACT_VERSIONS = ['18', '19'] as const;
export type ReactVersion = (typeof REACT_VERSIONS)[number];

/** React 19 has the package's own name, React 18 another one. */
const ALIASES: Readonly<Record<ReactVersion, Record<string, string>>> = {
  18: { react: 'react-18', 'react-dom': 'react-dom-18' },
  19: {},
};

const bundle = async (react: ReactVersion): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'host-page.mjs')],
    ...{ bundle: true, write: false, format: 'iife', platform: 'browser', logLevel: 'error' },
    alias: ALIASES[react],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
};

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Platform</title></head><body>${body}</body></html>`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

export const startEmbeddingServer = async (): Promise<EmbeddingServer> => {
  const scripts = Object.fromEntries(
    await Promise.all(
      REACT_VERSIONS.map(async (react) => [`/react-${react}.js`, await bundle(react)] as const),
    ),
  );
  const pages: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const script = scripts[path];
    const html = pages[Number(path.slice(1))];
    if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (html === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  const listening = await listen(server, 0);
  // Another host name than the portal's, so that the browser treats the two as different sites.
  const origin = `http://localhost:${listening.port}`;
  /** A link with a token must be in no address, so pages have numbers. */
  const add = (body: string): string => `${origin}/${pages.push(page(body)) - 1}`;
  return {
    origin,
    appPortal: (react, properties) => {
      const text = escaped(JSON.stringify(properties));
      return add(`<div id="root" data-properties="${text}"></div><script src="/react-${react}.js"></script>`);
    },
    iframe: (url, width = '100%') =>
      add(`<iframe title="Webhooks" src="${escaped(url)}" width="${width}" height="800"></iframe>`),
    close: () => listening.close(),
  };
};
