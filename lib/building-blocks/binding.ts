import type { IGrantable } from 'aws-cdk-lib/aws-iam';

/**
 * A name in a function's environment, its value and the permission to use what it names: one thing, so that none of
 * the three can be there without the others.
 */
export interface Binding<Name extends string> {
  readonly variable: Name;
  readonly value: string;
  readonly grant: (grantee: IGrantable) => void;
  /** The wildcard that the permission has, as cdk-nag names it, and why. */
  readonly wildcard?: { readonly id: string; readonly reason: string };
}

/** What every function has without binding anything (base of functions/platform/lambda/env.ts). */
type BaseName = 'STAGE' | 'BATCHED_INSERTS' | 'LOG_LEVEL' | 'STAGE_SETTINGS' | 'FAULTS_URL';

/** Exactly one binding for each name that the function's environment schema asks for. */
export type Bindings<Env> = {
  readonly [Name in Exclude<keyof Env & string, BaseName>]: Binding<Name>;
};
