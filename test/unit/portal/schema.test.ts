import { expect, it } from 'vitest';
import { portalSchema } from '../../../scripts/portal/schema.ts';

it('portal: the types of its API client are those of the OpenAPI document (renew with npm run portal:schema)', async () => {
  await expect(await portalSchema()).toMatchFileSnapshot('../../../portal/src/api/schema.ts');
});
