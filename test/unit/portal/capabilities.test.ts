import { expect, it } from 'vitest';
import * as api from '../../../functions/api/authentication/capabilities.domain.ts';
import * as page from '../../../portal/src/session/capabilities.ts';

/** The page knows nothing of the functions, so it has rules of its own: which controls to show. */
const sets = Array.from({ length: 2 ** api.CAPABILITIES.length }, (_, bits) =>
  api.CAPABILITIES.filter((__, index) => (bits & (1 << index)) !== 0),
);

it('the page shows the controls of exactly those capabilities that the API grants', () => {
  expect(page.CAPABILITIES).toEqual(api.CAPABILITIES);
  for (const granted of [null, ...sets])
    for (const needed of api.CAPABILITIES)
      expect(page.permits(granted, needed), `${String(granted)} for ${needed}`).toBe(
        api.permits(granted === null ? null : new Set(granted), needed),
      );
});
