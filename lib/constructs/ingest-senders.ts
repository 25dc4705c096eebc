import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { AccountPrincipal, ArnPrincipal, OrganizationPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IngestWay } from '../config.ts';

/** A principal that may send to a way in, with a name for its statements. */
export interface IngestSender {
  readonly name: string;
  readonly principal: IPrincipal;
}

/** The principals of other accounts that may send to a way in. */
export const sendersOf = ({ accounts, principals, awsOrganization }: IngestWay): readonly IngestSender[] => [
  ...accounts.map((account) => ({ name: `Account${account}`, principal: new AccountPrincipal(account) })),
  ...principals.map((arn, index) => ({ name: `Principal${index}`, principal: new ArnPrincipal(arn) })),
  ...(awsOrganization === undefined
    ? []
    : [{ name: 'AwsOrganization', principal: new OrganizationPrincipal(awsOrganization) }]),
];
