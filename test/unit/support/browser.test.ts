import { describe, expect, it } from 'vitest';
import { browserRequired, findBrowser } from '../../../scripts/portal/browser.ts';

const only =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

describe('the browser of the tests is', () => {
  it('the one that POSTHORN_BROWSER names', () => {
    const env = { POSTHORN_BROWSER: '/opt/chrome', PATH: '/bin' };
    expect(findBrowser(env, only('/opt/chrome', '/bin/chromium'))).toEqual({
      kind: 'found',
      path: '/opt/chrome',
    });
  });

  it('else Chrome or Chromium in PATH, or where macOS installs it', () => {
    expect(findBrowser({ PATH: '/a:/b' }, only('/b/google-chrome'))).toMatchObject({
      path: '/b/google-chrome',
    });
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findBrowser({ PATH: '' }, only(chrome))).toMatchObject({ path: chrome });
  });

  it.each([
    [{}, /apt-get install chromium/],
    [{ POSTHORN_BROWSER: '/nope' }, /POSTHORN_BROWSER is \/nope, where there is no file/],
  ])('missing with a sentence that says what to do: %j', (env, why) => {
    expect(findBrowser(env, () => false)).toMatchObject({ kind: 'missing', why: expect.stringMatching(why) });
  });

  it.each([
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
    [{ POSTHORN_BROWSER_REQUIRED: 'true' }, true],
    [{ CI: 'false' }, false],
    [{ CI: '' }, false],
    [{}, false],
  ])('required with %j: %s', (env, required) => {
    expect(browserRequired(env)).toBe(required);
  });
});
