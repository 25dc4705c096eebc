import { Stack, Token } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { parseOptions } from './config.ts';
import type { StageOptions } from './config.ts';
import { pinFeatureFlags } from './feature-flags.ts';
import { IngestAccess } from './ingest-access.ts';
import { addStageStacks } from './stacks/stage-stacks.ts';

/** The options of a stage file (stages/*.jsonc), and the stage's name. */
export interface PosthornProps extends Omit<StageOptions, 'target'> {
  /** The name of the stage, unique in the account and region: part of the name of every stack, function and bus. */
  readonly stage: string;
  /** `emulator` for LocalStack-compatible emulators. Default: `aws`. */
  readonly target?: StageOptions['target'];
}

/** Secrets of a stage. */
export interface PosthornSecrets {
  /** Signs the tokens of API clients: a principal that may read it can act as every organization. */
  readonly jwt: Secret;
  /** Encrypts the secrets of endpoints and the cursors of lists. */
  readonly main: Secret;
}

/** Account and region of the stack around a construct, where it says them. */
const environmentAround = (scope: Construct): Environment => {
  const stack = scope.node.scopes.findLast((each) => Stack.isStack(each));
  if (stack === undefined) return {};
  return {
    ...(Token.isUnresolved(stack.account) ? {} : { account: stack.account }),
    ...(Token.isUnresolved(stack.region) ? {} : { region: stack.region }),
  };
};

/**
 * Webhooks as a service, for another CDK app: `new Posthorn(this, 'Webhooks', { stage: 'prod', keepState: true })`. Adds two
 * stacks to the app, for the state and for the service that uses it, in the account and region of the stack around it; deploy
 * them with `cdk deploy --all`. Throws ConfigError with a line for each invalid option.
 */
export class Posthorn extends Construct {
  /** The base URL of clients: that of the HTTP API, or else of the REST API. */
  readonly apiUrl: string;
  /** Where links to the portal lead; empty: /portal/ on the host of the API. */
  readonly portalUrl: string;
  /** Domain events about endpoints, attempts and tasks, for rules of your own. */
  readonly eventBus: EventBus;
  readonly secrets: PosthornSecrets;
  /** Tables, payloads, secrets and the event bus. */
  readonly stateStack: Stack;
  /** API, functions, queues and alarms. */
  readonly serviceStack: Stack;
  private readonly pipelines: ReadonlyMap<string, IngestAccess>;

  constructor(scope: Construct, id: string, { stage, target = 'aws', ...options }: PosthornProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const config = parseOptions(stage, { target, ...options }, { at: this.node.path });
    const { state, service } = addStageStacks(this, config, environmentAround(scope));
    this.apiUrl = service.apiUrl;
    this.portalUrl = service.portalUrl;
    this.eventBus = state.eventBus.bus;
    this.secrets = { jwt: state.jwtSecret.secret, main: state.mainSecret.secret };
    this.stateStack = state;
    this.serviceStack = service;
    this.pipelines = new Map(
      [...service.ingest].map(([name, { bus, queue }]) => [
        name,
        new IngestAccess(bus, queue.queue, state.key?.key.keyArn),
      ]),
    );
  }

  /** The ingest pipeline that is called `default`. Throws for a stage whose `ingest` option has none of that name. */
  get ingest(): IngestAccess {
    return this.ingestPipeline('default');
  }

  /** An ingest pipeline of the stage's `ingest` option. Each has its own bus, queue and organization. */
  ingestPipeline(name: string): IngestAccess {
    const pipeline = this.pipelines.get(name);
    if (pipeline === undefined)
      throw new Error(
        `${this.node.path}: the option ingest has no pipeline "${name}", only ${[...this.pipelines.keys()].join(', ')}`,
      );
    return pipeline;
  }

  /**
   * Allows publishing by the ingest pipeline that is called `default`: `by: 'bus'` PutEvents with the source posthorn.publish,
   * `by: 'queue'` SendMessage; nothing else.
   */
  grantPublish(grantee: IGrantable, by: 'bus' | 'queue'): Grant {
    return by === 'bus' ? this.ingest.grantPutEvents(grantee) : this.ingest.grantSendMessage(grantee);
  }
}
