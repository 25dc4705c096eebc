import { ofKind } from './deployed.ts';
import type { DeployedResource } from './deployed.ts';
import { invokersOf } from './invokers.ts';
import { decide, identityStatements, listedText, ownerOf, roleOf } from './policies.ts';
import type { Call } from './policies.ts';
import type { Recording } from './recordings.ts';

type Resources = readonly DeployedResource[];

/** A call that a role makes, and where it was seen: tiers of tests, or the part of AWS that makes it. */
export interface RoleCall {
  readonly call: Call;
  readonly seen: readonly string[];
}

/** One right of one function, as its role has it. */
export interface Right {
  readonly function: string;
  readonly action: string;
  /** `CatalogTable`, `PayloadsBucket/payloads/*`. */
  readonly resource: string;
  readonly pattern: string;
  readonly seen: readonly string[];
}

/** The name by which everyone knows a function: its entry. */
const entryOf = ({ properties }: DeployedResource): string =>
  String(properties['Environment'].Variables.POWERTOOLS_SERVICE_NAME);

const functionCalled = (resources: Resources, name: string): DeployedResource => {
  const worker = ofKind(resources, 'AWS::Lambda::Function').find((each) => entryOf(each) === name);
  if (worker === undefined)
    throw new Error(`a call of ${name} was recorded, and no function of the templates is called that`);
  return worker;
};

/** The ARN of what a function knows by a variable of its environment. */
const arnOf = (resources: Resources, worker: DeployedResource, resource: string): string => {
  const [variable = '', ...within] = resource.split('/');
  const value: unknown = worker.properties['Environment'].Variables[variable];
  const target = resources.find(({ ref, arn }) => value !== undefined && (ref === value || arn === value));
  if (target?.arn === undefined)
    throw new Error(
      `${entryOf(worker)} called something that no variable of its environment holds (${resource}): bind it in lib/constructs`,
    );
  // An object of the prefix stands for all of them.
  return [target.arn, ...within].join('/').replace(/\*$/, 'an-object');
};

/** Where a resource names the key that encrypts it. */
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

const WRITES = /^(sqs:SendMessage|s3:PutObject|events:PutEvents|secretsmanager:PutSecretValue)$/;

/** What a call to something that is encrypted under a customer's key asks of that key. AWS's own keys ask for nothing. */
export const keyCalls = (resources: Resources, { principal, action, resource }: Call): readonly Call[] => {
  const owner = ownerOf(resources, resource);
  const key = owner === undefined ? undefined : keyOf(owner);
  const arn = ofKind(resources, 'AWS::KMS::Key').find(
    (each) => key !== undefined && (each.arn === key || each.ref === key),
  )?.arn;
  if (arn === undefined || action === 's3:ListBucket' || action === 'sqs:GetQueueAttributes') return [];
  const actions = WRITES.test(action) ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'];
  return actions.map((each) => ({ principal, action: each, resource: arn }));
};

const withKeys = (resources: Resources, { call, seen }: RoleCall): RoleCall[] =>
  [call, ...keyCalls(resources, call)].map((each) => ({ call: each, seen }));

/** What functions were recorded to do, as requests of their roles on a deployed stage. */
export const recordedCalls = (resources: Resources, recordings: readonly Recording[]): readonly RoleCall[] =>
  recordings.flatMap(({ function: name, action, resource, conditions, tiers }) => {
    const worker = functionCalled(resources, name);
    const principal = roleOf(resources, worker).arn ?? '';
    const call = { principal, action, resource: arnOf(resources, worker, resource) };
    return withKeys(resources, {
      call: { ...call, ...(conditions === undefined ? {} : { context: conditions }) },
      seen: tiers,
    });
  });

/** What Lambda does with the roles of functions: reads for them, puts failures away, writes logs. */
const platformCalls = (resources: Resources): readonly RoleCall[] =>
  invokersOf(resources)
    .filter(({ call }) => call.principal.includes(':role/'))
    .flatMap(({ what, call }) =>
      withKeys(resources, {
        call,
        seen: [what.startsWith('mapping') ? 'Lambda, for the mapping' : 'Lambda, for the log'],
      }),
    );

/** Recorded calls that the roles and resource policies of a stage deny, with what to do about each. */
export const deniedCalls = async (
  resources: Resources,
  recordings: readonly Recording[],
): Promise<readonly string[]> => {
  const denied: string[] = [];
  for (const { call } of recordedCalls(resources, recordings)) {
    const { allowed, result } = await decide(resources, call);
    if (!allowed)
      denied.push(
        `${call.principal} ${call.action} on ${call.resource}: ${result}. Grant it in the function's bindings (lib/constructs).`,
      );
  }
  return denied;
};

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

const covers = (pattern: string, text: string): boolean => glob(pattern).test(text);

const display = (resources: Resources, pattern: string): string => {
  if (pattern === '*') return '*';
  const owner = ownerOf(resources, pattern.replace(/:\*$/, ''));
  if (owner?.arn === undefined) return pattern;
  return owner.id + pattern.slice(owner.arn.length).replace(/\/stream\/.*/, '/stream');
};

/** Every right of every function, with where it was used. */
export const rightsOf = (resources: Resources, recordings: readonly Recording[]): readonly Right[] => {
  const calls = [...recordedCalls(resources, recordings), ...platformCalls(resources)];
  return ofKind(resources, 'AWS::Lambda::Function').flatMap((worker) => {
    const role = roleOf(resources, worker);
    const own = calls.filter(({ call }) => call.principal === role.arn);
    const statements = identityStatements(resources, role).filter(({ Effect }) => Effect === 'Allow');
    return statements.flatMap(({ Action, Resource }) =>
      listedText(Action).flatMap((action) =>
        listedText(Resource).map((pattern): Right => {
          const used = own.filter(
            ({ call }) => covers(action, call.action) && covers(pattern, call.resource),
          );
          return {
            function: entryOf(worker),
            action,
            resource: display(resources, pattern),
            pattern,
            seen: [...new Set(used.flatMap(({ seen }) => seen))],
          };
        }),
      ),
    );
  });
};
