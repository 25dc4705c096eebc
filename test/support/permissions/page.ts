import { format } from 'prettier';
import type { Right } from './function-rights.ts';

const SLOW_LANE = 'not seen: the handler of deliver, which used it, runs in this lane too';
const AFTER_WINDOW =
  "not seen: select-failed looks a message up in the log when its last attempt lies after the task's window";
const CLAIMED = 'not seen: a repeated publish whose application is gone is looked up by its key';
const WIDE = 'not seen: the code of fan-out for a message to more than 600 endpoints, or one with deliverAt';
const COUNTED =
  'not seen: no hour is over and counted within a run; test/contract/reads/statistics.test.ts runs its store';

const reasoned = (reason: string, name: string, rights: readonly string[]): Record<string, string> =>
  Object.fromEntries(rights.map((right) => [`${name} ${right}`, reason]));

/** Why a right may stay that no test was seen to use. By function, action and resource. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  ...reasoned(SLOW_LANE, 'deliver-slow', [
    'dynamodb:PutItem CatalogTable',
    'dynamodb:UpdateItem CatalogTable',
    'dynamodb:UpdateItem DeliveriesTable',
    'dynamodb:BatchWriteItem ControlTable',
    'dynamodb:Query ControlTable',
    'sqs:SendMessage DeliveryQueue',
  ]),
  ...reasoned(AFTER_WINDOW, 'run-task', ['dynamodb:BatchGetItem DeliveriesTable']),
  ...reasoned(AFTER_WINDOW, 'admin', ['dynamodb:BatchGetItem DeliveriesTable']),
  ...reasoned(CLAIMED, 'admin', ['dynamodb:GetItem ControlTable']),
  ...reasoned(WIDE, 'fan-out-wide', [
    'dynamodb:GetItem CatalogTable',
    'dynamodb:PutItem ControlTable',
    'sqs:SendMessage FanOutQueue',
  ]),
  ...reasoned(COUNTED, 'update-hourly-statistics', [
    'dynamodb:DeleteItem ViewsTable',
    'dynamodb:UpdateItem ViewsTable',
  ]),
};

/** Why a right may name more than one resource. */
export const WILDCARDS: Readonly<Record<string, string>> = {
  'PayloadsBucket/payloads/*': 'A stage has payloads without number; the right ends at their prefix.',
  '*': 'dynamodb:ListStreams, which Lambda calls for a stream mapping, knows no resources.',
  logs: "Log streams of the function's own log group: Lambda names one for each environment.",
};

const keyOf = ({ function: name, action, resource }: Right) => `${name} ${action} ${resource}`;

const explained = (right: Right): string | undefined => EXPLAINED[keyOf(right)];

/** Explanations of rights that were seen after all, or that no function has: to be deleted. */
export const staleExplanations = (rights: readonly Right[]): readonly string[] => {
  const open = new Set(rights.filter(({ seen }) => seen.length === 0).map(keyOf));
  return Object.keys(EXPLAINED).filter((key) => !open.has(key));
};

/** Rights that nothing uses and nobody explained. */
export const unusedRights = (rights: readonly Right[]): readonly string[] =>
  rights
    .filter((right) => right.seen.length === 0 && explained(right) === undefined)
    .map(
      ({ function: name, action, resource }) => `${name} may ${action} on ${resource}, and nothing uses it`,
    );

const isLogStream = ({ action, resource }: Right) =>
  /^logs:(CreateLogStream|PutLogEvents)$/.test(action) && /^\w+Logs:\*$/.test(resource);

/** Rights to more than one resource, or to kinds of actions, without a reason. */
export const wildRights = (rights: readonly Right[]): readonly string[] =>
  rights
    .filter((right) => right.action.includes('*') || (right.resource.includes('*') && !isLogStream(right)))
    .filter(({ action, resource }) => {
      if (action.includes('*')) return true;
      return resource === '*' ? action !== 'dynamodb:ListStreams' : WILDCARDS[resource] === undefined;
    })
    .map(({ function: name, action, resource }) => `${name} may ${action} on ${resource}`);

const reasonOf = (right: Right): string =>
  right.seen.length > 0 ? right.seen.join(', ') : (explained(right) ?? 'nothing');

const HEAD = `# Permissions

What each function may do on AWS, and where that was exercised: the tiers of \`npm test\` in which the deployed function
made the call, or the part of AWS that makes it with the function's role. Generated from the templates and the recorded
calls (decision 0021); \`test/infra/function-rights.test.ts\` holds this page and fails for a right that nothing uses, for a
call that a role does not allow, and for a wildcard without a reason.

`;

const outside = `
## What others must permit

- The topic at \`alarmTopicArn\` is yours. Its policy must let \`cloudwatch.amazonaws.com\` publish; the policy that a new
  topic has does so within one account. A topic encrypted under AWS's own key (\`aws/sns\`) takes no alarms; use a key of
  your own whose policy lets \`cloudwatch.amazonaws.com\` decrypt and generate data keys.
- The access log of the HTTP API is delivered under a resource policy of CloudWatch Logs that API Gateway writes when the
  stage is created, with the rights of whoever deploys.
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
