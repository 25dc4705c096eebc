import { deployedFrom, ofKind } from './deployed.ts';
import type { DeployedResource, Templates } from './deployed.ts';
import { intruders, invokersOf, unencrypted } from './invokers.ts';
import type { Invoker } from './invokers.ts';
import { decide, resourceStatements } from './policies.ts';
import type { Statement } from './policies.ts';

/** What is wrong with the permissions between the resources of a stage, in words. */
export interface Findings {
  /** Calls that something in the templates makes, and may not. */
  readonly denied: readonly string[];
  /** Calls that nothing in the templates makes, and that are permitted all the same. */
  readonly open: readonly string[];
  /** Permissions of functions that no invoker needs. */
  readonly idle: readonly string[];
}

const ANYTHING: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

const where = async (
  invokers: readonly Invoker[],
  wrong: (invoker: Invoker) => Promise<boolean>,
): Promise<string[]> => {
  const result: string[] = [];
  for (const invoker of invokers) if (await wrong(invoker)) result.push(invoker.what);
  return result;
};

const needs = async (
  resources: readonly DeployedResource[],
  statement: Statement,
  invokers: readonly Invoker[],
): Promise<boolean> => {
  for (const { call } of invokers)
    if ((await decide(resources, call, { policy: [statement] })).allowed) return true;
  return false;
};

const idlePermissions = async (
  resources: readonly DeployedResource[],
  invokers: readonly Invoker[],
): Promise<string[]> => {
  const idle: string[] = [];
  for (const worker of ofKind(resources, 'AWS::Lambda::Function')) {
    const own = invokers.filter(({ call }) => call.resource === worker.arn);
    for (const statement of resourceStatements(resources, worker))
      if (!(await needs(resources, statement, own)))
        idle.push(`${statement.Sid ?? 'a statement'} of ${worker.id}`);
  }
  return idle;
};

/** Walks every invoker of a stage's templates, and everybody who is none. */
export const auditInvokers = async (templates: Templates): Promise<Findings> => {
  const resources = deployedFrom(templates);
  const invokers = invokersOf(resources);
  return {
    denied: await where(invokers, async ({ call }) => !(await decide(resources, call)).allowed),
    open: [
      ...(await where(
        intruders(resources, invokers),
        async ({ call }) => (await decide(resources, call)).allowed,
      )),
      ...(await where(
        unencrypted(resources),
        async ({ call }) => (await decide(resources, call, { identity: [ANYTHING] })).allowed,
      )),
    ],
    idle: await idlePermissions(resources, invokers),
  };
};
