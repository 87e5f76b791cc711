import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const ROOT = import.meta.dirname;

/** What the browsers below know: `light-dark()` is left as it is written. */
const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

const LIBRARIES = /node_modules\/(?:react|react-dom|scheduler|@tanstack\/[a-z-]+)\//;
const OURS =
  /\/src\/(?:(?:api|browser|text|design|app)\/[a-z-]+\.tsx?|text\/[a-z]+\/[a-z]+-(?:texts?|words)\.ts|pages\/(?:[a-z-]+\/)?(?:routes?|[a-z-]+-texts)\.ts)$/;

/** Whether every page needs a module: the libraries of all pages, and what stands around them; texts themselves are loaded by language. */
const isFirst = (module: string): boolean => LIBRARIES.test(module) || (module.startsWith(ROOT) && OURS.test(module));

export default defineConfig({
  root: ROOT,
  plugins: [react()],
  css: {
    modules: {
      // by the path from here, so that each machine makes the same names
      generateScopedName: (name, file) =>
        `${name}-${createHash('sha256')
          .update(relative(ROOT, file.split('?')[0] ?? ''))
          .digest('hex')
          .slice(0, 5)}`,
    },
  },
  build: {
    target: BROWSERS,
    outDir: 'built',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // the policy for content allows no `data:`
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    // what the first page needs in any case is one file, which packs better than forty
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: isFirst }] } } },
  },
});
