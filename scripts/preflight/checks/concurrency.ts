import { QUEUE_SHARE } from '../../../functions/platform/limits/concurrency.domain.ts';
import type { Check } from '../finding.ts';
import { failure, ok, warning } from '../finding.ts';

/** Concurrent executions that Lambda leaves unreserved in every account. */
const UNRESERVED = 100;
/** Lambda's quota "Concurrent executions" in Service Quotas. */
const QUOTA_CODE = 'L-B99A9384';

/** The account's concurrency against what the event sources and reservations of the stage may take. */
export const concurrency: Check = {
  name: 'concurrency of Lambda',
  needs: ['lambda:GetAccountSettings'],
  async run({ config, queueConcurrency, reservedConcurrency }, account) {
    const { limit, unreserved, codeBytes, codeBytesLimit } = await account.concurrency();
    const stage = `stages/${config.name}.jsonc`;
    const raise = `ask for more in Service Quotas (Lambda, ${QUOTA_CODE})`;
    const remarks = [];
    if (limit < config.accountConcurrency)
      remarks.push(
        failure(
          `the account has ${limit} concurrent executions, and the stage is laid out for ${config.accountConcurrency}`,
          `Set "accountConcurrency": ${limit} in ${stage}, or ${raise}.`,
        ),
      );
    else if (queueConcurrency > QUEUE_SHARE * limit)
      remarks.push(
        warning(
          `the event sources of queues may take ${queueConcurrency} of ${limit} concurrent executions, which leaves few for the API`,
          `For busy stages ${raise}; nothing is lost meanwhile, but publishes may be answered 5xx under load.`,
        ),
      );
    else
      remarks.push(
        ok(
          `${limit} concurrent executions, of which the event sources of queues may take ${queueConcurrency}`,
        ),
      );
    const reservable = Math.max(0, unreserved - UNRESERVED);
    if (reservedConcurrency > reservable)
      remarks.push(
        failure(
          `the stage reserves ${reservedConcurrency} concurrent executions, and ${reservable} can be reserved`,
          `Lower "reservedConcurrency" in ${stage}, or ${raise}: Lambda keeps ${UNRESERVED} unreserved.`,
        ),
      );
    if (codeBytes > 0.9 * codeBytesLimit)
      remarks.push(
        failure(
          `code packages fill ${Math.round((100 * codeBytes) / codeBytesLimit)} % of the region's storage for them`,
          'Delete old function versions and layers, or ask for more in Service Quotas (Lambda, L-2ACBD22F).',
        ),
      );
    return remarks;
  },
};
