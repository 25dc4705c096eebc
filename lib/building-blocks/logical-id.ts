import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The CloudFormation resource that a construct wraps. Throws when it has another class. */
export const resourceOf = <Kind extends CfnResource>(
  construct: IConstruct,
  kind: abstract new (...args: never[]) => Kind,
): Kind => {
  const resource = construct.node.defaultChild;
  if (!(resource instanceof kind)) throw new Error(`${construct.node.path} is not a ${kind.name}`);
  return resource;
};

type Kind = abstract new (...args: never[]) => CfnResource;

/**
 * Sets the logical id of a resource independently of its place in the construct tree, so that moving code never
 * replaces a table, a queue or a function. Throws when the construct does not wrap a resource of that class.
 */
export const overrideLogicalId = (construct: IConstruct, kind: Kind, logicalId: string): void => {
  resourceOf(construct, kind).overrideLogicalId(logicalId);
};

/** Does the same for a resource that CDK created below the construct. Throws unless exactly one has that class. */
export const overrideLogicalIdBelow = (construct: IConstruct, kind: Kind, logicalId: string): void => {
  const [found, ...others] = construct.node.findAll().filter((each) => each instanceof kind);
  if (found === undefined || others.length > 0)
    throw new Error(`Below ${construct.node.path} there is not exactly one ${kind.name}`);
  found.overrideLogicalId(logicalId);
};

/** Text as part of a logical id: `POST /api/{app_id}/{proxy+}` becomes `PostApiAppIdProxy`. */
export const pascalCase = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => (/^[A-Z]+$/.test(word) ? word.toLowerCase() : word))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
