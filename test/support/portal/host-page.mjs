import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { AppPortal } from 'svix-react';

/** The page of a platform that embeds the portal by Svix's own component, with the properties that its HTML has. */
const root = document.getElementById('root');
createRoot(root).render(createElement(AppPortal, JSON.parse(root.dataset.properties)));
