import { ofKind } from './deployed.ts';
import type { DeployedResource } from './deployed.ts';
import { invokersOf } from './invokers.ts';
import { keyCalls } from './key-calls.ts';
import { decide, identityStatements, listedText, ownerOf, roleOf } from './policies.ts';
import type { Call } from './policies.ts';
import type { Recording } from './recordings.ts';

type Resources = readonly DeployedResource[];

/** A call that a role makes, and where it was observed: in test tiers, or the part of AWS that makes it. */
export interface RoleCall {
  readonly call: Call;
  readonly seen: readonly string[];
}

/** One permission of the role of a function. */
export interface Right {
  readonly function: string;
  readonly action: string;
  /** `CatalogTable`, `PayloadsBucket/payloads/*`. */
  readonly resource: string;
  readonly pattern: string;
  readonly seen: readonly string[];
}

/** The short name of a function: that of its bundle. */
const entryOf = ({ properties }: DeployedResource): string =>
  String(properties['Environment'].Variables.POWERTOOLS_SERVICE_NAME);

/** The functions of a bundle: several if a stage has several ingest pipelines. */
const functionsNamed = (resources: Resources, name: string): readonly DeployedResource[] => {
  const workers = ofKind(resources, 'AWS::Lambda::Function').filter((each) => entryOf(each) === name);
  if (workers.length === 0)
    throw new Error(`a call of ${name} was recorded, but the templates have no function of that name`);
  return workers;
};

/** The ARN of the resource that an environment variable of a function refers to. */
const arnOf = (resources: Resources, worker: DeployedResource, resource: string): string => {
  const [variable = '', ...within] = resource.split('/');
  const value: unknown = worker.properties['Environment'].Variables[variable];
  const target = resources.find(({ ref, arn }) => value !== undefined && (ref === value || arn === value));
  if (target?.arn === undefined)
    throw new Error(
      `${entryOf(worker)} called a resource that none of its environment variables refers to (${resource}): bind it in lib/constructs`,
    );
  // One object represents all objects with the prefix.
  return [target.arn, ...within].join('/').replace(/\*$/, 'an-object');
};

const withKeys = (resources: Resources, { call, seen }: RoleCall): RoleCall[] =>
  [call, ...keyCalls(resources, call)].map((each) => ({ call: each, seen }));

/** The recorded calls of functions, as requests of their roles on a deployed stage. */
export const recordedCalls = (resources: Resources, recordings: readonly Recording[]): readonly RoleCall[] =>
  recordings.flatMap(({ function: name, action, resource, conditions, tiers }) =>
    functionsNamed(resources, name).flatMap((worker) => {
      const principal = roleOf(resources, worker).arn ?? '';
      const call = { principal, action, resource: arnOf(resources, worker, resource) };
      return withKeys(resources, {
        call: { ...call, ...(conditions === undefined ? {} : { context: conditions }) },
        seen: tiers,
      });
    }),
  );

/** The calls that Lambda makes with the roles of functions: polling, sending failures to queues, writing logs. */
const platformCalls = (resources: Resources): readonly RoleCall[] =>
  invokersOf(resources)
    .filter(({ call }) => call.principal.includes(':role/'))
    .flatMap(({ what, call }) =>
      withKeys(resources, {
        call,
        seen: [what.startsWith('mapping') ? 'Lambda, for the mapping' : 'Lambda, for the log'],
      }),
    );

/** Recorded calls that the roles and resource policies of a stage deny, each with a remedy. */
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

/** Every permission of every function, with the places where it was used. */
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
