import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { overrideLogicalId } from './logical-id.ts';
import { permission } from './binding.ts';
import type { Binding } from './binding.ts';

export interface AppSecretProps<Name extends string> {
  /** The environment variable that holds the secret's ARN. No environment holds the secret itself. */
  readonly variable: Name;
  readonly description: string;
  readonly keep: boolean;
}

/**
 * A secret whose value is a versioned list of keys, `{"previous":[],"current":"…"}`: `current` signs, all of them
 * verify.
 */
export class AppSecret<Name extends string> extends Construct {
  readonly secret: Secret;
  readonly read: Binding<Name>;

  constructor(scope: Construct, id: string, props: AppSecretProps<Name>) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: props.description,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ previous: [] }),
        generateStringKey: 'current',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: props.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    overrideLogicalId(this.secret, CfnSecret, `${id}Secret`);
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Timed rotation would invalidate tokens that customers hold. The value is a list of keys: an operator rotates it with a command, after which the previous keys still verify.',
    });
    this.read = {
      variable: props.variable,
      value: this.secret.secretArn,
      // grantRead would also allow DescribeSecret.
      grant: permission(['secretsmanager:GetSecretValue'], [this.secret.secretArn]),
    };
  }
}
