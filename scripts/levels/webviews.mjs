// The level that drives the webviews' pages in a browser, without an editor around them.
import { runMocha } from '../lib/mocha.mjs';

/** @type {import('../lib/outcome.mjs').Level} */
export const webviews = {
  name: 'webviews',
  about: 'the attention page in a browser: panel, exported page, notebook output',
  limitMs: 10 * 60_000,
  run: async (context) => {
    await context.built();
    const env = { LOUPE_TEST_BROWSER: await context.browser() };
    return runMocha('webviews', 'test/webviews', context, { env, limitMs: webviews.limitMs, testMs: 60_000 });
  },
};
