import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../../lib/constructs/portal/page-build.ts';
import { projectDir } from '../../../scripts/local/paths.ts';

/** KB after gzip (docs/decisions/0090). */
const BUDGET = { initial: 90, total: 180, css: 15 };
const KB = 1024;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

let outDir = '';

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'posthorn-portal-'));
  buildPage(outDir);
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

const gzipped = async (files: readonly string[]) => {
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(outDir, file)), { level: 9 }).byteLength),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / KB;
};

/** The entry and everything that it imports at once. */
const initialFiles = (manifest: Readonly<Record<string, Chunk>>): readonly string[] => {
  const found = new Set<string>();
  const visit = (chunk: Chunk | undefined) => {
    if (chunk === undefined || found.has(chunk.file)) return;
    found.add(chunk.file);
    for (const name of chunk.imports ?? []) visit(manifest[name]);
  };
  visit(Object.values(manifest).find(({ isEntry }) => isEntry === true));
  return [...found];
};

const assets = async (end: string) =>
  (await readdir(join(outDir, 'assets')))
    .filter((name) => name.endsWith(end))
    .map((name) => `assets/${name}`);

describe('portal: the built page', () => {
  it('stays within its budget of bytes', async () => {
    const manifest = JSON.parse(await readFile(join(outDir, '.vite/manifest.json'), 'utf8')) as Record<
      string,
      Chunk
    >;
    expect(initialFiles(manifest)).not.toEqual([]);
    expect(await gzipped(initialFiles(manifest))).toBeLessThan(BUDGET.initial);
    expect(await gzipped(await assets('.js'))).toBeLessThan(BUDGET.total);
    expect(await gzipped(await assets('.css'))).toBeLessThan(BUDGET.css);
  });

  it('is the build for production, whatever NODE_ENV says, and holds no path of the machine that built it', async () => {
    expect(process.env.NODE_ENV).toBe('test');
    const scripts = await assets('.js');
    const texts = await Promise.all(scripts.map((file) => readFile(join(outDir, file), 'utf8')));
    expect(texts.filter((text) => text.includes(projectDir) || /\blineNumber:\d/.test(text))).toEqual([]);
  });

  it('names no foreign origin and has no inline script or style, so its policy can forbid them', async () => {
    const html = await readFile(join(outDir, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(html).toContain('<base href="./" />');
  });

  it('addresses its assets relative to the page, and names them by their content', async () => {
    const html = await readFile(join(outDir, 'index.html'), 'utf8');
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(1);
    for (const address of addresses) expect(address).toMatch(/^\.\/assets\/[\w-]+-[\w-]{8}\.(?:js|css)$/);
  });
});
