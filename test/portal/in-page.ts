import type { Page } from 'playwright-core';

/** Texts that the page shows, except times, code and what is marked as not to be translated. */
export const textsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      const isShown = parent !== null && parent.closest('time, pre, code, [translate=no], svg') === null;
      if (isShown) found.push((node.textContent ?? '').trim());
    }
    return found;
  });

/** Controls and headings that cut off their text. */
export const clippedIn = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'button, a, .badge, .label, th, h1, h2, h3, .card-title, .segment',
      ),
    ]
      .filter((one) => one.offsetParent !== null && one.scrollWidth > one.clientWidth + 1)
      .filter((one) => getComputedStyle(one).overflowX === 'hidden')
      .map((one) => one.textContent),
  );

/** Controls that are shown and enabled, and in the order of the keyboard; each gets a number. */
export const markControls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const selector = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    return (
      [...document.querySelectorAll<HTMLElement>(selector)]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(':disabled'))
        .filter((one) => one.tabIndex >= 0)
        // The keyboard reaches one button of a group of radio buttons; the arrows reach the others.
        .filter((one) => !(one instanceof HTMLInputElement && one.type === 'radio' && !one.checked))
        .map((one, index) => {
          one.dataset['control'] = String(index);
          return one.outerHTML.slice(0, 160);
        })
    );
  });

/** The number of the control that has the focus, and whether it can be seen that it has. */
export const focused = (page: Page): Promise<{ readonly control: string; readonly isVisible: boolean }> =>
  page.evaluate(() => {
    const active = document.activeElement;
    if (!(active instanceof HTMLElement)) return { control: '', isVisible: true };
    const isMarked = (style: CSSStyleDeclaration | null) =>
      style !== null && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
    const control = active.dataset['control'];
    if (control === undefined) return { control: '', isVisible: true };
    const row = active.closest('tr');
    const isVisible =
      isMarked(getComputedStyle(active)) ||
      isMarked(active.parentElement && getComputedStyle(active.parentElement)) ||
      // A link that covers its row marks the row.
      isMarked(row && getComputedStyle(row)) ||
      // The browser marks the part of a date that has the focus. The link that skips is there only with the focus.
      active.matches('input[type="datetime-local"], .skip');
    return { control, isVisible };
  });
