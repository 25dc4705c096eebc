import type { Check } from '../finding.ts';
import { failure, ok } from '../finding.ts';

/** CloudWatch Logs has ten resource policies in a region; API Gateway adds one for access logs, unless it has one. */
const MOST_LOG_POLICIES = 10;

/** The stage's throttle against that of the account, which all APIs of the region share. */
export const apiThrottle: Check = {
  name: 'throttle of API Gateway',
  needs: ['apigateway:GET'],
  async run({ config: { throttle, name } }, account) {
    const { rate, burst } = await account.apiQuota();
    if (throttle.rate <= rate && throttle.burst <= burst)
      return ok(
        `${throttle.rate} requests a second of the account's ${rate}, burst ${throttle.burst} of ${burst}`,
      );
    return failure(
      `the stage allows ${throttle.rate} requests a second and a burst of ${throttle.burst}, the account ${rate} and ${burst} for all APIs`,
      `Set "throttle": { "rate": ${Math.min(rate, throttle.rate)}, "burst": ${Math.min(burst, throttle.burst)} } in stages/${name}.jsonc, or ask for more in Service Quotas (API Gateway, L-8A5B8E43).`,
    );
  },
};

/** Room for the resource policy with which API Gateway may write its access log. */
export const accessLogPolicy: Check = {
  name: 'policies of CloudWatch Logs',
  needs: ['logs:DescribeResourcePolicies'],
  async run({ accessLogs }, account) {
    const used = await account.logPolicies();
    if (!accessLogs || used < MOST_LOG_POLICIES)
      return ok(`${used} of ${MOST_LOG_POLICIES} resource policies`);
    return failure(
      `all ${MOST_LOG_POLICIES} resource policies of CloudWatch Logs in this region are used`,
      'Delete one that is not needed any more (aws logs describe-resource-policies), since API Gateway may need one for its access log.',
    );
  },
};
