import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';

/**
 * An environment variable, its value and the permission to use the resource that it names: one object, so that a
 * function never has one of the three without the others.
 */
export interface Binding<Name extends string> {
  readonly variable: Name;
  readonly value: string;
  readonly grant: (grantee: IGrantable) => void;
  /** The cdk-nag id of a wildcard in the permission, and why it is needed. */
  readonly wildcard?: { readonly id: string; readonly reason: string };
}

/** Variables that every function has without a binding (`base` in functions/platform/lambda/env.ts). */
type BaseName = 'STAGE' | 'BATCHED_INSERTS' | 'LOG_LEVEL' | 'STAGE_SETTINGS' | 'FAULTS_URL' | 'API_BASE_PATH';

/** Exactly one binding for each name that the function's environment schema asks for. */
export type Bindings<Env> = {
  readonly [Name in Exclude<keyof Env & string, BaseName>]: Binding<Name>;
};

/** Grants these actions and no others. The grants of CDK's own constructs allow more. */
export const permission =
  (actions: string[], resources: string[]) =>
  ({ grantPrincipal }: IGrantable): void =>
    void grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));

/** A value that needs no permission. */
export const plainValue = <Name extends string>(variable: Name, value: string): Binding<Name> => ({
  variable,
  value,
  grant: () => undefined,
});
