import type { Account } from '../account.port.ts';
import type { Check, Remark } from '../finding.ts';
import { failure, ok } from '../finding.ts';

/** States from which CloudFormation cannot update a stack, and the way out of each. */
const wayOut = (name: string, status: string): string | undefined => {
  if (['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'].includes(status))
    return `Delete the stack ${name}, whose first deployment failed, and deploy again.`;
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return `Continue its rollback: aws cloudformation continue-update-rollback --stack-name ${name}.`;
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS')
    return `Wait until the running operation of ${name} has ended.`;
  return undefined;
};

const remarkOf = async (name: string, account: Account): Promise<Remark> => {
  const state = await account.stack(name);
  if (state === undefined) return ok(`${name} does not exist yet`);
  const todo = wayOut(name, state.status);
  if (todo === undefined) return ok(`${name} is ${state.status}`);
  return failure(`${name} is ${state.status}${state.reason === undefined ? '' : `: ${state.reason}`}`, todo);
};

/** Stacks of an earlier deployment that cannot be updated. */
export const stacks: Check = {
  name: 'stacks',
  needs: ['cloudformation:DescribeStacks'],
  run: ({ stacks: names }, account) => Promise.all(names.map((name) => remarkOf(name, account))),
};

/** Resources that have a name of the stage and belong to none of its stacks: CloudFormation cannot create them again. */
export const names: Check = {
  name: 'names',
  needs: [
    'cloudformation:ListStackResources',
    'lambda:GetFunctionConfiguration',
    'logs:DescribeLogGroups',
    'cloudwatch:GetDashboard',
    'events:DescribeEventBus',
  ],
  async run({ named, stacks: own, config }, account) {
    const present = [];
    for (const name of own) if ((await account.stack(name)) !== undefined) present.push(name);
    const owned = new Set<string>();
    for (const name of present) for (const id of await account.resourcesOf(name)) owned.add(id);
    const taken = [];
    for (const one of named) if (!owned.has(one.name) && (await account.exists(one))) taken.push(one);
    if (taken.length === 0) return ok(`${named.length} names are free or belong to the stage`);
    return taken.map(({ kind, name }) =>
      failure(
        `the ${kind} ${name} exists and belongs to no stack of this stage`,
        `Delete it if nothing uses it, or give the stage another name by renaming stages/${config.name}.jsonc.`,
      ),
    );
  },
};
