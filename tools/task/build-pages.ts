/** `node tools/bootstrap.mjs build-pages`: builds the panel and the console if they changed. */
import { PageNotBuilt, buildPages } from '../pages/pages.ts';

try {
  await buildPages((line) => console.log(line));
} catch (error) {
  if (!(error instanceof PageNotBuilt)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
