import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { AccountPrincipal, ArnPrincipal, OrganizationPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IngestPipeline } from '../config.ts';

/** A principal that may send to an ingest pipeline, with a name for its statements. */
export interface IngestSender {
  readonly name: string;
  readonly principal: IPrincipal;
}

/** The principals of other accounts that may send to an ingest pipeline. */
export const sendersOf = ({ awsOrganization, ...pipeline }: IngestPipeline): readonly IngestSender[] => [
  ...pipeline.accounts.map((id) => ({ name: `Account${id}`, principal: new AccountPrincipal(id) })),
  ...pipeline.principals.map((arn, at) => ({ name: `Principal${at}`, principal: new ArnPrincipal(arn) })),
  ...(awsOrganization === undefined
    ? []
    : [{ name: 'AwsOrganization', principal: new OrganizationPrincipal(awsOrganization) }]),
];
