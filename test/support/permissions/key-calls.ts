import { ACCOUNT, REGION, ofKind } from './deployed.ts';
import type { DeployedResource } from './deployed.ts';
import type { Invoker } from './invokers.ts';
import { listedText, ownerOf, resourceStatements } from './policies.ts';
import type { Call, Statement } from './policies.ts';

/** Calls to a customer-managed key that calls to encrypted resources imply. */
type Resources = readonly DeployedResource[];

/** The path to the encryption key in the properties of a resource. */
const KEY_OF: Readonly<Record<string, readonly string[]>> = {
  'AWS::SQS::Queue': ['KmsMasterKeyId'],
  'AWS::SecretsManager::Secret': ['KmsKeyId'],
  'AWS::DynamoDB::Table': ['SSESpecification', 'KMSMasterKeyId'],
  'AWS::Events::EventBus': ['KmsKeyIdentifier'],
  'AWS::S3::Bucket': [
    ...['BucketEncryption', 'ServerSideEncryptionConfiguration', '0'],
    ...['ServerSideEncryptionByDefault', 'KMSMasterKeyID'],
  ],
};

const keyOf = ({ type, properties }: DeployedResource): unknown =>
  (KEY_OF[type] ?? ['none']).reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    properties,
  );

/** What DynamoDB does with the key of a table in the name of its caller, whatever the operation. */
const TABLE_KEY_ACTIONS = [
  ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
  ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
];

const WRITES = /^(sqs:SendMessage|s3:PutObject|events:PutEvents|secretsmanager:PutSecretValue)$/;

/** The calls to a customer-managed key that a call to an encrypted resource implies. AWS managed keys need no permission. */
export const keyCalls = (resources: Resources, { principal, action, resource }: Call): readonly Call[] => {
  const owner = ownerOf(resources, resource);
  const key = owner === undefined ? undefined : keyOf(owner);
  const arn = ofKind(resources, 'AWS::KMS::Key').find(
    (each) => key !== undefined && (each.arn === key || each.ref === key),
  )?.arn;
  if (arn === undefined || action === 's3:ListBucket' || action === 'sqs:GetQueueAttributes') return [];
  const actions = action.startsWith('dynamodb:')
    ? TABLE_KEY_ACTIONS
    : WRITES.test(action)
      ? ['kms:GenerateDataKey', 'kms:Decrypt']
      : ['kms:Decrypt'];
  return actions.map((each) => ({ principal, action: each, resource: arn }));
};

/** SQS asks the key in the name of the sender. */
export const VIA_SQS = { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` };

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The values that a statement demands of a condition key, whatever the operator. */
const demanded = ({ Condition = {} }: Statement, key: string): readonly string[] =>
  Object.values(Condition as Condition).flatMap((keys) =>
    keys[key] === undefined ? [] : listedText(keys[key]),
  );

/** Requests that meet a statement: one for each source, or one by a member of the organization. */
const contextsOf = (statement: Statement): readonly Readonly<Record<string, string>>[] => {
  const sources = demanded(statement, 'aws:SourceArn').map((arn) => arn.replace(/\*$/, 'any'));
  const organizations = demanded(statement, 'aws:PrincipalOrgID');
  return sources.length > 0
    ? sources.map((arn) => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': arn.split(':')[4] ?? '' }))
    : organizations.length > 0
      ? organizations.map((id) => ({ 'aws:PrincipalOrgID': id }))
      : [{}];
};

/** A principal of another account is a role there; every principal of a statement for an organization is. */
const asRole = (principal: string): string =>
  principal === '*' || /^\d{12}$|:root$/.test(principal)
    ? `arn:aws:iam::${/\d{12}/.exec(principal)?.[0] ?? '123412341234'}:role/sender`
    : principal;

const principalsOf = ({ Principal }: Statement): readonly string[] =>
  typeof Principal === 'string'
    ? [asRole(Principal)]
    : Object.values(Principal as Record<string, unknown>)
        .flatMap(listedText)
        .map(asRole);

/** Senders that the policies of queues let in and that options name: no resource of the stage sends for them. */
export const namedSenders = (resources: Resources): readonly Invoker[] =>
  ofKind(resources, 'AWS::SQS::Queue').flatMap((queue) =>
    resourceStatements(resources, queue)
      .filter(({ Effect, Action }) => Effect === 'Allow' && listedText(Action).includes('sqs:SendMessage'))
      .flatMap((statement) =>
        principalsOf(statement).flatMap((principal) =>
          contextsOf(statement).map((context) => ({
            what: `${principal} to ${queue.id}`,
            call: { principal, action: 'sqs:SendMessage', resource: queue.arn ?? '', context },
          })),
        ),
      ),
  );

/** Uses of a key that must be denied: by other services and accounts, and of other services than SQS by senders. */
export const keyIntruders = (resources: Resources, permitted: readonly Invoker[]): readonly Invoker[] =>
  ofKind(resources, 'AWS::KMS::Key').flatMap(({ id, arn = '' }) => {
    const strangers = [
      's3.amazonaws.com',
      'arn:aws:iam::999988887777:role/anyone',
      `arn:aws:iam::${ACCOUNT}:role/anyone`,
    ].map((principal) => ({
      what: `${principal}: kms:Decrypt of ${id}`,
      call: { principal, action: 'kms:Decrypt', resource: arn, context: VIA_SQS },
    }));
    const others = permitted
      .filter(({ call }) => call.resource === arn)
      .map(({ what, call }) => ({
        what: `${what}: from elsewhere`,
        call: {
          ...call,
          context: {
            'aws:SourceArn': 'arn:aws:sns:eu-west-1:999988887777:other',
            'aws:SourceAccount': '999988887777',
          },
        },
      }));
    return [...strangers, ...others];
  });
