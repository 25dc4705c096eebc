import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { resourceOf } from './resource-of.ts';

/**
 * Names a resource in its template, whatever the tree around it: moving code between files must never replace a table,
 * a queue or a function. Throws when the construct does not wrap a resource of that class.
 */
export const overrideLogicalId = (
  construct: IConstruct,
  kind: abstract new (...args: never[]) => CfnResource,
  logicalId: string,
): void => {
  resourceOf(construct, kind).overrideLogicalId(logicalId);
};
