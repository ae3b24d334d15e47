/**
 * How the console is built: one page, all of its own origin, for the browsers of the last three years.
 *
 * The desk serves it under `default-src 'none'`, so nothing may be inlined (fonts become `data:` below the inline
 * limit, and `font-src 'self'` would refuse them).
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  base: '/',
  build: {
    target: ['chrome112'],
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1200,
  },
});
