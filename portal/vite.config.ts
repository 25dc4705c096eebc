import { defineConfig } from 'vite';

/**
 * Assets have relative addresses, so one build works under every prefix. The page's policy (docs/decisions/0091) forbids
 * inline scripts and styles, which is why nothing is inlined.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssMinify: 'lightningcss',
    modulePreload: { polyfill: false },
    manifest: true,
    sourcemap: false,
  },
});
