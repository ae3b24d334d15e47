/**
 * How the verifier's page is built: one file of HTML with all of it inside, which works from a disk with no network (decision 0038).
 *
 * Its policy lets the browser connect nowhere and run nothing but what is in the file: script and style are named by their digests.
 */
import { createHash } from 'node:crypto';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const digestOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      let script = '';
      let style = '';
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === 'chunk') script += part.code;
        else if (name.endsWith('.css')) style += String(part.source);
        else continue;
        delete bundle[name];
      }
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('vite made no page');
      // A script may hold the words that would end it in HTML.
      const code = `\n${script.replaceAll('</script', '<\\/script')}\n`;
      const policy = [
        "default-src 'none'",
        `script-src ${digestOf(code)}`,
        `style-src ${digestOf(style)}`,
        "connect-src 'none'",
        "img-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ');
      const head =
        `<meta http-equiv="content-security-policy" content="${policy}" />\n` +
        `<meta name="referrer" content="no-referrer" />\n<style>${style}</style>\n`;
      page.source = String(page.source)
        .replace(/<script[^>]*src=[^>]*><\/script>\s*/g, '')
        .replace(/<link[^>]*rel="stylesheet"[^>]*>\s*/g, '')
        .replace('<title>', () => `${head}<title>`)
        .replace('</body>', () => `<script type="module">${code}</script>\n</body>`);
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [oneFile()],
  build: {
    target: ['chrome137', 'firefox130', 'safari17'],
    modulePreload: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
  },
});
