import * as z from 'zod';
import { orgId } from '../../platform/ids/brand.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import { resolveSettings } from '../../catalog/settings/settings.domain.ts';
import type { SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import type { CheckSubnets, Deps } from '../deps.ts';
import { Refusal, invalid } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { isName } from '../../platform/wire/fields.ts';
import { managementOperation, tagged } from '../operation.ts';
import type { Call } from '../call.ts';
import { organizationTokenIn, revocationOf, revokeIn } from '../schemas/organization-token.ts';
import { MOST_REVOKED_TOKENS } from '../../catalog/tokens/token-marks.domain.ts';
import { printSettings, settingsOut, settingsPatch } from '../schemas/settings.ts';
import { mustFitRetention } from '../settings/settings-rules.ts';
import { mintOrganizationToken } from '../authentication/tokens.ts';

const TOO_MANY_REVOKED = `At most ${MOST_REVOKED_TOKENS} tokens are revoked one by one: revoke those issued before an instant`;
const SETTINGS = '/management/v1/organization/{org_id}/settings';

/** Organizations are created on first use, so only the form of the id is checked. Throws Invalid. */
const organizationOf = (call: Call): OrgId => {
  const text = call.param('org_id');
  if (!text.startsWith('org_') || !isName(text)) {
    throw invalid(['path', 'org_id', '__all__'], 'Invalid id. Expected different prefix');
  }
  call.about.orgId = text;
  return orgId(text);
};

const reply = (deps: Deps, overrides: SettingsOverrides): Reply => ({
  status: 200,
  body: printSettings(resolveSettings(deps.settingsDefaults, overrides), overrides),
});

const allowNone: CheckSubnets = ([subnet]) =>
  subnet === undefined
    ? { kind: 'ok' }
    : { kind: 'invalid', subnet, reason: 'this stage allows no address ranges' };

const mustBeAllowed = (deps: Deps, ranges: readonly string[] | null | undefined): void => {
  const checked = (deps.checkSubnets ?? allowNone)(ranges ?? []);
  if (checked.kind === 'invalid') {
    throw invalid(['body', 'allowed_subnets'], `allowedSubnets: ${checked.subnet}: ${checked.reason}`);
  }
};

const get = managementOperation({
  operationId: 'management.organization.settings.get',
  method: 'GET',
  path: SETTINGS,
  summary: 'Get the settings of an organization, and which of them it has changed',
  responses: () => ({ 200: settingsOut() }),
  handle: async ({ deps, call }) => reply(deps, await deps.settings.overrides(organizationOf(call))),
});

const patch = managementOperation({
  operationId: 'management.organization.settings.patch',
  method: 'PATCH',
  path: SETTINGS,
  summary: 'Change settings of an organization; null resets one to the stage’s default',
  body: settingsPatch,
  responses: () => ({ 200: settingsOut() }),
  handle: async ({ deps, call, body }) => {
    const organization = organizationOf(call);
    mustBeAllowed(deps, body.allowedSubnets);
    mustFitRetention(deps, body.retrySchedule, ['body', 'retry_schedule']);
    return reply(deps, await deps.settings.change(organization, body));
  },
});

const token = managementOperation({
  operationId: 'management.organization.token.create',
  method: 'POST',
  path: '/management/v1/organization/{org_id}/token',
  summary: 'Make a token of an organization',
  body: organizationTokenIn,
  responses: () => ({ 200: z.object({ token: z.string() }).meta({ id: 'OrganizationTokenOut' }) }),
  handle: async ({ deps, call, body, nowMs }) => ({
    status: 200,
    body: {
      token: await mintOrganizationToken(deps, organizationOf(call), nowMs, body?.expiry ?? undefined),
    },
  }),
});

const revoke = managementOperation({
  operationId: 'management.organization.token.revoke',
  method: 'POST',
  path: '/management/v1/organization/{org_id}/token/revoke',
  summary:
    'Revoke one token of an organization or of its applications, or all that were issued before an instant',
  body: revokeIn,
  responses: () => ({ 204: null }),
  handle: async ({ deps, call, body, nowMs }) => {
    const outcome = await deps.tokens.revoke(organizationOf(call), revocationOf(body, nowMs), nowMs);
    if (outcome === 'full') throw new Refusal('limit_reached', TOO_MANY_REVOKED);
    return { status: 204 };
  },
});

export const managementOperations = tagged('Management', [get, patch, token, revoke]);
