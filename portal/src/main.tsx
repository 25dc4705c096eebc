import { render } from 'preact';
import { App } from './app/app.tsx';
import { readAppearance } from './embed/appearance.ts';
import { isEmbedded, reportHeight } from './embed/height.ts';
import { chooseLocale } from './i18n/locale.ts';
import { startingLanguage } from './i18n/i18n.tsx';
import { startPolling } from './polling/polling.tsx';
import { placesOf } from './routing/base.ts';
import { SessionStore } from './session/session.ts';
import { unsavedInput } from './session/unsaved.ts';

const places = placesOf(document.baseURI);
const sessions = new SessionStore(places, unsavedInput);
const isLogin = location.pathname === `${places.base}/login`;

// Before any request: the secret leaves the address.
sessions.arrive();
const embed = readAppearance(isLogin);

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');

document.documentElement.dataset['embedded'] = String(isEmbedded());
if (isEmbedded()) reportHeight(root, window.parent);

const start = await startingLanguage(chooseLocale([embed.locale, ...navigator.languages]));

startPolling();
void sessions.open();
render(<App places={places} sessions={sessions} embed={embed} isLogin={isLogin} start={start} />, root);
