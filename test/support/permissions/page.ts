import { format } from 'prettier';
import type { Right } from './function-rights.ts';

const LONG =
  'not observed: a message with more than 500 attempts; test/contract/reads/long-messages.test.ts runs its reader';
const WIDE = 'not observed: fan-out of a message to more than 600 endpoints, or of one with deliverAt';
const HANDED_OVER =
  'not observed: a message for few endpoints whose fan-out failed at first; test/unit/fan-out/fan-out.test.ts fans one out';
const DUE_TOGETHER =
  'not observed: many retries of an application due together; test/unit/deliver/failing-endpoints/bulk-lane.test.ts has them';
const INSERTED =
  'not observed: AWS stages alone insert batches together; test/contract/ports/messages.test.ts inserts so';
const COUNTED =
  'not observed: no hour ends and is counted within a run; test/contract/reads/statistics.test.ts tests its store';

const STARTED =
  'not observed: on emulators SQS dead-letters its records after five receives; test/unit/platform/workers.test.ts dead-letters so';

const RELEASED =
  'not observed: PutEvents does not fail on emulators; test/unit/events/announce.test.ts releases a record so';

const UPLOADED =
  'not observed: stages with CloudFront alone upload the page; test/contract/portal/upload.test.ts runs the function';

const CHECKED =
  'not observed: AWS stages alone check their event sources; test/unit/monitoring/check-event-sources.test.ts runs the check';

const reasoned = (reason: string, name: string, rights: readonly string[]): Record<string, string> =>
  Object.fromEntries(rights.map((right) => [`${name} ${right}`, reason]));

/** Why a permission is needed that no recorded call used. By function, action and resource. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  ...reasoned(LONG, 'query', ['dynamodb:Query DeliveriesTable/index/ByTime']),
  ...reasoned(LONG, 'admin', ['dynamodb:Query DeliveriesTable/index/ByTime']),
  ...reasoned(LONG, 'run-task', ['dynamodb:Query DeliveriesTable/index/ByTime']),
  ...reasoned(WIDE, 'fan-out-wide', [
    'dynamodb:GetItem CatalogTable',
    'dynamodb:PutItem ControlTable',
    'sqs:SendMessage FanOutQueue',
  ]),
  ...reasoned(STARTED, 'fan-out-wide', ['sqs:SendMessage FanOutDlq']),
  ...reasoned(HANDED_OVER, 'fan-out-wide', ['sqs:SendMessage DeliveryQueue']),
  ...reasoned(DUE_TOGETHER, 'sweep', ['sqs:SendMessage BulkDeliveryQueue']),
  ...reasoned(INSERTED, 'publish', ['dynamodb:PartiQLInsert MessagesTable']),
  ...reasoned(INSERTED, 'admin', ['dynamodb:PartiQLInsert MessagesTable']),
  ...reasoned(INSERTED, 'ingest', ['dynamodb:PartiQLInsert MessagesTable']),
  ...reasoned(RELEASED, 'announce', ['dynamodb:DeleteItem ControlTable']),
  ...reasoned(COUNTED, 'update-hourly-statistics', [
    'dynamodb:DeleteItem ViewsTable',
    'dynamodb:UpdateItem ViewsTable',
  ]),
  ...reasoned(UPLOADED, 'portal-upload', [
    's3:PutObject PortalBucket/*',
    's3:DeleteObject PortalBucket/*',
    's3:ListBucket PortalBucket',
  ]),
};

/** Why a permission may cover more than one resource. */
export const WILDCARDS: Readonly<Record<string, string>> = {
  'PayloadsBucket/payloads/*':
    'Payloads are objects with unknown names; the permission is limited to their prefix.',
  'PortalBucket/*': 'The files of the page; the bucket holds nothing else.',
  '*': 'dynamodb:ListStreams, which Lambda calls for a stream mapping, has no resource-level permissions.',
  logs: 'Log streams in the log group of the function: Lambda creates one for each environment.',
};

/** Actions without resource-level permissions. */
const WITHOUT_RESOURCES = new Set([
  'dynamodb:ListStreams',
  ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  ...['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
  ...['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses'],
]);

const keyOf = ({ function: name, action, resource }: Right) => `${name} ${action} ${resource}`;

/** One function reads every event source mapping of a stage. */
const explained = (right: Right): string | undefined =>
  EXPLAINED[keyOf(right)] ?? (right.action === 'lambda:GetEventSourceMapping' ? CHECKED : undefined);

/** Explanations to delete: the permission was used, or its function, which not every stage has, does not have it. */
export const staleExplanations = (rights: readonly Right[]): readonly string[] => {
  const open = new Set(rights.filter(({ seen }) => seen.length === 0).map(keyOf));
  const functions = new Set(rights.map((right) => right.function));
  return Object.keys(EXPLAINED).filter((key) => functions.has(key.split(' ')[0] ?? '') && !open.has(key));
};

/** Permissions that are neither used nor explained. */
export const unusedRights = (rights: readonly Right[]): readonly string[] =>
  rights
    .filter((right) => right.seen.length === 0 && explained(right) === undefined)
    .map(
      ({ function: name, action, resource }) =>
        `${name} may ${action} on ${resource}, but no recorded call uses it`,
    );

const isLogStream = ({ action, resource }: Right) =>
  /^logs:(CreateLogStream|PutLogEvents)$/.test(action) && /^\w+Logs:\*$/.test(resource);

/** Permissions with a wildcard in action or resource and without a reason. */
export const wildRights = (rights: readonly Right[]): readonly string[] =>
  rights
    .filter((right) => right.action.includes('*') || (right.resource.includes('*') && !isLogStream(right)))
    .filter(({ action, resource }) => {
      if (action.includes('*')) return true;
      return resource === '*' ? !WITHOUT_RESOURCES.has(action) : WILDCARDS[resource] === undefined;
    })
    .map(({ function: name, action, resource }) => `${name} may ${action} on ${resource}`);

const reasonOf = (right: Right): string =>
  right.seen.length > 0 ? right.seen.join(', ') : (explained(right) ?? 'nothing');

const HEAD = `# Permissions

The permissions of each function, and where each was used: the tiers of \`npm test\` in which the deployed function made the
call, or the part of AWS that calls with the function's role. Generated from the templates and the recorded calls (decision
0021). \`test/infra/function-rights.test.ts\` checks this page and fails for a permission that is not used, for a recorded call
that a role does not allow, and for a wildcard without a reason.

`;

const outside = `
## Permissions outside of the stacks

- The function \`portal\`, which serves the page on stages without CloudFront, may only write its log. CloudFront reads
  the bucket of the page by the bucket's policy, which names the one distribution.
- CloudFormation invokes \`portal-upload\` with the permissions of the deploying principal.
- The topic at \`alarmTopicArn\` is yours. Its policy must allow \`cloudwatch.amazonaws.com\` to publish; the default policy of
  a new topic does so within one account. A topic encrypted with the AWS managed key (\`aws/sns\`) cannot receive alarms; use
  a customer-managed key whose policy allows \`cloudwatch.amazonaws.com\` to decrypt and to generate data keys.
- The access log of the HTTP API needs a resource policy of CloudWatch Logs, which API Gateway writes when the stage is
  created, with the permissions of the deploying principal.
- Service control policies of your organization are not evaluated.
`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const code = (text: string) => `\`${text}\``;

const byFunction = (rights: readonly Right[]): readonly [string, readonly Right[]][] => {
  const groups = new Map<string, Right[]>();
  for (const right of rights) groups.set(right.function, [...(groups.get(right.function) ?? []), right]);
  return [...groups.entries()].sort(([left], [right]) => (left < right ? -1 : 1));
};

const order = ({ resource, action }: Right) => `${resource} ${action}`;

/** docs/permissions.md. */
export const permissionsPage = (rights: readonly Right[]): Promise<string> => {
  const sections = byFunction(rights).map(([name, own]) => {
    const rows = [...own]
      .sort((left, right) => (order(left) < order(right) ? -1 : 1))
      .map((right) => [code(right.action), code(right.resource), reasonOf(right)]);
    return `## ${name}\n\n${table(['action', 'resource', 'exercised by'], rows)}\n`;
  });
  const wildcards = Object.entries(WILDCARDS).map(([resource, reason]) => [
    resource === 'logs' ? 'log streams' : code(resource),
    reason,
  ]);
  const text = `${HEAD}${sections.join('\n')}\n## Wildcards\n\n${table(['resource', 'why'], wildcards)}\n${outside}`;
  return format(text, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' });
};
