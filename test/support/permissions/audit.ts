import { ACCOUNT, deployedFrom, ofKind } from './deployed.ts';
import type { DeployedResource, Templates } from './deployed.ts';
import { INVOKED, intruders, invokersOf, unencrypted } from './invokers.ts';
import { VIA_SQS, keyCalls, keyIntruders, namedSenders } from './key-calls.ts';
import type { Invoker } from './invokers.ts';
import { decide, resourceStatements } from './policies.ts';
import type { Call, Statement } from './policies.ts';

/** Faults in the permissions between the resources of a stage, as texts. */
export interface Findings {
  /** Calls that a resource makes but is not permitted to make. */
  readonly denied: readonly string[];
  /** Calls that are permitted although no resource makes them. */
  readonly open: readonly string[];
  /** Permissions of functions that no call needs. */
  readonly idle: readonly string[];
}

const ANYTHING: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

/** A principal of another account needs a policy there as well, which its owner writes. */
const ofOwner = ({ principal }: Call) =>
  principal.includes(':role/') && !principal.includes(`:${ACCOUNT}:`) ? { identity: [ANYTHING] } : {};

const filtered = async (
  invokers: readonly Invoker[],
  isFault: (invoker: Invoker) => Promise<boolean>,
): Promise<string[]> => {
  const result: string[] = [];
  for (const invoker of invokers) if (await isFault(invoker)) result.push(invoker.what);
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
  for (const worker of INVOKED.flatMap((type) => ofKind(resources, type))) {
    const own = invokers.filter(({ call }) => call.resource === worker.arn);
    for (const statement of resourceStatements(resources, worker))
      if (!(await needs(resources, statement, own)))
        idle.push(`${statement.Sid ?? 'a statement'} of ${worker.id}`);
  }
  return idle;
};

/** Evaluates every call of the resources of a stage, and calls by principals that must not be permitted any. */
export const auditInvokers = async (templates: Templates): Promise<Findings> => {
  const resources = deployedFrom(templates);
  const invokers = invokersOf(resources);
  // Of roles, function-rights.ts checks it.
  const encrypted = [...invokers, ...namedSenders(resources)]
    .filter(({ call }) => !call.principal.includes(`${ACCOUNT}:role/`))
    .flatMap(({ what, call }) =>
      keyCalls(resources, call).map((each) => ({
        what: `${what}, ${each.action}`,
        call: { ...each, context: { ...call.context, ...VIA_SQS } },
      })),
    );
  return {
    denied: await filtered(
      [...invokers, ...encrypted],
      async ({ call }) => !(await decide(resources, call, ofOwner(call))).allowed,
    ),
    open: [
      ...(await filtered(
        keyIntruders(resources, encrypted),
        async ({ call }) => (await decide(resources, call, ofOwner(call))).allowed,
      )),
      ...(await filtered(
        intruders(resources, invokers),
        async ({ call }) => (await decide(resources, call)).allowed,
      )),
      ...(await filtered(
        unencrypted(resources),
        async ({ call }) => (await decide(resources, call, { identity: [ANYTHING] })).allowed,
      )),
    ],
    idle: await idlePermissions(resources, invokers),
  };
};
