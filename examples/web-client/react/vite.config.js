import { defineConfig } from 'vite';

export default defineConfig({
  resolve: { alias: { 'amazon-ivs-web-broadcast': '@proscenium/web-broadcast' } },
  oxc: { jsx: { runtime: 'automatic' } },
});
