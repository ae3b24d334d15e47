/**
 * How the console is built: one page, all of its own origin, for the browsers of the last three years.
 *
 * The desk serves it under `default-src 'none'`, so nothing may be inlined (fonts become `data:` below the inline
 * limit, and `font-src 'self'` would refuse them).
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { novncPatches } from './novnc/novnc-patches.ts';

export default defineConfig({
  plugins: [novncPatches(), react()],
  base: '/',
  // Workers load what they need, such as the dictionary of tags, when they need it.
  worker: { format: 'es' },
  build: {
    target: ['chrome112'],
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1200,
  },
});
