import { render } from 'preact';
import { App } from './app/app.tsx';
import { readAppearance } from './embed/appearance.ts';
import { isEmbedded, reportHeight } from './embed/height.ts';
import { chooseLocale } from './i18n/locale.ts';
import { loadCatalogue } from './i18n/i18n.tsx';
import { startPolling } from './polling/polling.tsx';
import { placesOf } from './routing/base.ts';
import { SessionStore } from './session/session.ts';

const places = placesOf(document.baseURI);
const sessions = new SessionStore(places);
const isLogin = location.pathname === `${places.base}/login`;

// Before any request: the secret leaves the address.
sessions.arrive();
const embed = readAppearance(isLogin);

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');

document.documentElement.dataset['embedded'] = String(isEmbedded());
if (isEmbedded()) reportHeight(root, window.parent);

const locale = chooseLocale([embed.locale, ...navigator.languages]);
const catalogue = await loadCatalogue(locale);

startPolling();
void sessions.open();
render(
  <App places={places} sessions={sessions} embed={embed} isLogin={isLogin} start={{ locale, catalogue }} />,
  root,
);
