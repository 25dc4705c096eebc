import type { Check } from '../finding.ts';
import { failure, ok } from '../finding.ts';

/** Account and region of the credentials against those of the stage file. */
export const target = (
  stage: string,
  expected: { readonly account?: string | undefined; readonly region?: string | undefined },
): Check => ({
  name: 'account and region',
  needs: [],
  async run({ account: id, region }, account) {
    const { arn } = await account.identity();
    if (expected.account === undefined || expected.account === id) return ok(`${id} in ${region}, as ${arn}`);
    return failure(
      `the credentials (${arn}) are of account ${id}, and the stage is for ${expected.account}`,
      `Use credentials of ${expected.account}, or correct "account" in stages/${stage}.jsonc.`,
    );
  },
});

/** Room for the roles of the functions. */
export const roles: Check = {
  name: 'roles of IAM',
  needs: ['iam:GetAccountSummary'],
  async run({ roles: expected, stacks }, account) {
    const { used, quota } = await account.roles();
    const states = await Promise.all(stacks.map((name) => account.stack(name)));
    const created = states.every((state) => state !== undefined) ? 0 : expected;
    if (used + created <= quota) return ok(`${used} of ${quota}, and ${created} more`);
    return failure(
      `the account has ${used} of ${quota} roles, and the stage creates ${created}`,
      'Delete roles that are not used any more, or ask for more in Service Quotas (IAM, L-FE177D64).',
    );
  },
};

/** The certificate of the portal's domain. */
export const certificate: Check = {
  name: 'certificate of the portal',
  needs: ['acm:DescribeCertificate'],
  async run({ config: { portal } }, account) {
    if (portal.domain === undefined) return ok('the portal has no domain of its own');
    const { name, certificateArn } = portal.domain;
    const found = await account.certificate(certificateArn);
    if (found === undefined)
      return failure(
        `the certificate ${certificateArn} does not exist`,
        'Request it in us-east-1, or correct "portal.domain".',
      );
    if (found.status !== 'ISSUED')
      return failure(
        `the certificate of ${name} is ${found.status}`,
        'Validate it: ACM shows the DNS record to create.',
      );
    const wildcard = `*.${name.split('.').slice(1).join('.')}`;
    if (!found.names.includes(name) && !found.names.includes(wildcard))
      return failure(
        `the certificate is for ${found.names.join(', ')}, not for ${name}`,
        `Request one for ${name} in us-east-1.`,
      );
    return ok(`issued for ${name}`);
  },
};
