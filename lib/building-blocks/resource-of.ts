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
