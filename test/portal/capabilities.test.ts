import { describe, expect } from 'vitest';
import { populate, screensOf } from '../support/portal/populated.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded, visit } from '../support/portal/visit.ts';

/**
 * Every control that changes something or shows a secret, with the capability that it needs. The API refuses the rest by
 * itself (test/unit/api/authentication/capabilities.test.ts); here the page must not offer what would be refused.
 */
const CONTROLS: readonly {
  readonly screen: string;
  readonly name: RegExp;
  readonly needs: readonly string[];
}[] = [
  { screen: 'endpoints', name: /^Add endpoint$/, needs: ['ManageEndpoint'] },
  { screen: 'new endpoint', name: /^Create endpoint$/, needs: ['ManageEndpoint'] },
  { screen: 'overview', name: /^Send test$/, needs: ['CreateAttempts'] },
  { screen: 'overview of a disabled endpoint', name: /^Enable$/, needs: ['ManageEndpoint'] },
  { screen: 'testing', name: /^Send test$/, needs: ['CreateAttempts'] },
  {
    ...{ screen: 'security', name: /^Reveal$/ },
    needs: ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
  },
  { screen: 'security', name: /^Rotate secret$/, needs: ['ManageEndpointSecret', 'ManageEndpoint'] },
  { screen: 'security', name: /^Add header$/, needs: ['ManageEndpoint'] },
  { screen: 'settings', name: /^Save changes$/, needs: ['ManageEndpoint'] },
  { screen: 'settings', name: /^Disable/, needs: ['ManageEndpoint'] },
  { screen: 'settings', name: /^Delete/, needs: ['ManageEndpoint'] },
  { screen: 'delivery', name: /^Resend/, needs: ['CreateAttempts'] },
  { screen: 'message', name: /^Resend/, needs: ['CreateAttempts'] },
  { screen: 'replays', name: /^Preview$/, needs: ['CreateAttempts'] },
];

const SETS: Readonly<Record<string, object>> = {
  'all capabilities': {},
  readOnly: { readOnly: true },
  ViewBase: { capabilities: ['ViewBase'] },
  CreateAttempts: { capabilities: ['ViewBase', 'CreateAttempts'] },
  ManageEndpoint: { capabilities: ['ViewBase', 'ManageEndpoint'] },
  ViewEndpointSecret: { capabilities: ['ViewBase', 'ViewEndpointSecret'] },
  ManageEndpointSecret: { capabilities: ['ViewBase', 'ManageEndpointSecret'] },
};

const grants = (set: string, needs: readonly string[]): boolean =>
  set === 'all capabilities' || needs.includes(set);

describe('a link offers what its capabilities allow, and the page asks for nothing else', () => {
  portalTest('with each set of capabilities, on every screen', async ({ portal }) => {
    const made = await populate(portal.customer);
    const screens = screensOf(made);
    const wrong: string[] = [];
    for (const [set, grant] of Object.entries(SETS)) {
      const page = await portal.open({ grant });
      page.on('response', (response) => {
        if (response.status() !== 403) return;
        wrong.push(`${set}: ${response.request().method()} ${new URL(response.url()).pathname} was refused`);
      });
      await loaded(page);
      for (const [screen, path] of Object.entries(screens)) {
        await visit(page, path);
        for (const { name, needs } of CONTROLS.filter((one) => one.screen === screen)) {
          const control = page.getByRole('button', { name }).or(page.getByRole('link', { name }));
          const isOffered = (await control.filter({ visible: true }).count()) > 0;
          if (isOffered === grants(set, needs)) continue;
          wrong.push(`${set}: ${String(name)} on ${screen} is ${isOffered ? 'offered' : 'missing'}`);
        }
      }
      await page.context().close();
    }
    expect(wrong).toEqual([]);
  });
});
