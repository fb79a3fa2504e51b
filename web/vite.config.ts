import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const inlineFont = /url\(['"]?data:font\/woff2;base64,([A-Za-z0-9+/=]+)['"]?\)/g;

/**
 * Cloudscape's stylesheet carries Open Sans as data: URLs: a quarter of a megabyte of what cannot be compressed, in
 * every first load, and refused by `font-src 'self'`. Here they become files, which a browser fetches only for
 * the weights that a page shows.
 */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('@cloudscape-design/global-styles/index.css')) return null;
      return code.replace(inlineFont, (_url, base64: string) => {
        const source = Buffer.from(base64, 'base64');
        const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
        const fileName = `assets/open-sans-${hash}.woff2`;
        this.emitFile({ type: 'asset', fileName, source });
        return `url(/${fileName})`;
      });
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [fontsAsFiles(), react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // test/web/bundle-size.test.ts reads from it what the first screen loads.
    manifest: true,
    // The policy of the page refuses inlined files of every kind.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
