import type { Scheme } from './theme.ts';

/** Writes a theme to the document; by the object model, which the policy on inline styles allows. */
export const applyTheme = (
  root: HTMLElement,
  scheme: Scheme,
  properties: Readonly<Record<string, string>>,
) => {
  root.dataset['theme'] = scheme;
  for (const [name, value] of Object.entries(properties)) root.style.setProperty(name, value);
};
