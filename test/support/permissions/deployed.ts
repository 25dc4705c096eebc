/**
 * Templates as after a deployment: every intrinsic function is resolved to a concrete name, URL or ARN as AWS generates
 * it. Throws for functions and resource types that it does not know, so that nothing is left out silently.
 */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<
    string,
    { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }
  >;
}

/** Templates of a stage by stack name. */
export type Templates = Readonly<Record<string, Template>>;

export interface DeployedResource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, any>;
  /** The value of `Ref`. */
  readonly ref: string;
  /** Undefined for types that no policy refers to. */
  readonly arn: string | undefined;
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

const physicalName = (stack: string, id: string) => `${stack}-${id}-1A2B3C4D`;

interface Naming {
  /** The property that sets the name, if there is one. */
  readonly property?: string;
  readonly ref?: (name: string, properties: Record<string, any>) => string;
  readonly arn?: (name: string, properties: Record<string, any>) => string;
  readonly attributes?: (name: string) => Record<string, string>;
}

const named = (service: string, prefix: string, property: string): Naming => ({
  property,
  arn: (name) => arn(service, `${prefix}${name}`),
});

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': {
    ...named('dynamodb', 'table/', 'TableName'),
    attributes: (name) => ({
      StreamArn: arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
    }),
  },
  'AWS::S3::Bucket': {
    property: 'BucketName',
    arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`,
    attributes: (name) => ({ RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com` }),
  },
  'AWS::SecretsManager::Secret': {
    ref: (name) => arn('secretsmanager', `secret:${name}-a1B2c3`),
    arn: (name) => arn('secretsmanager', `secret:${name}-a1B2c3`),
  },
  'AWS::Events::EventBus': named('events', 'event-bus/', 'Name'),
  'AWS::Events::Rule': {
    property: 'Name',
    arn: (name, { EventBusName }) =>
      arn('events', `rule/${EventBusName === undefined ? '' : `${String(EventBusName)}/`}${name}`),
  },
  'AWS::SQS::Queue': {
    ...named('sqs', '', 'QueueName'),
    ref: (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
    attributes: (name) => ({ QueueName: name }),
  },
  'AWS::SNS::Topic': {
    ...named('sns', '', 'TopicName'),
    ref: (name) => arn('sns', name),
    attributes: (name) => ({ TopicArn: arn('sns', name), TopicName: name }),
  },
  'AWS::KMS::Key': { arn: (name) => arn('kms', `key/${name}`) },
  'AWS::Lambda::EventSourceMapping': {
    arn: (name) => arn('lambda', `event-source-mapping:${name}`),
  },
  'AWS::Lambda::Function': named('lambda', 'function:', 'FunctionName'),
  'AWS::Lambda::Alias': {
    property: 'Name',
    ref: (name, { FunctionName }) => arn('lambda', `function:${String(FunctionName)}:${name}`),
    arn: (name, { FunctionName }) => arn('lambda', `function:${String(FunctionName)}:${name}`),
  },
  'AWS::Lambda::Version': { attributes: () => ({ Version: '1' }) },
  'AWS::CodeDeploy::Application': { arn: (name) => arn('codedeploy', `application:${name}`) },
  'AWS::IAM::Role': { property: 'RoleName', arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}` },
  'AWS::Logs::LogGroup': named('logs', 'log-group:', 'LogGroupName'),
  'AWS::CloudWatch::Alarm': named('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::CloudFront::Distribution': {
    arn: (name) => `arn:aws:cloudfront::${ACCOUNT}:distribution/${name}`,
    attributes: (name) => ({ DomainName: `${name.toLowerCase()}.cloudfront.net` }),
  },
  'AWS::CloudFront::Function': { attributes: (name) => ({ FunctionARN: name }) },
  'AWS::CloudFront::OriginAccessControl': { attributes: (name) => ({ Id: name }) },
  'AWS::ApiGateway::RestApi': { attributes: () => ({ RootResourceId: 'root' }) },
  'AWS::ApiGateway::DomainName': {
    attributes: () => ({ RegionalDomainName: 'd-1.execute-api', RegionalHostedZoneId: 'Z1' }),
  },
  'AWS::ApiGatewayV2::DomainName': {
    attributes: () => ({ RegionalDomainName: 'd-1.execute-api', RegionalHostedZoneId: 'Z1' }),
  },
  'AWS::EC2::EIP': { attributes: (name) => ({ AllocationId: name, PublicIp: '192.0.2.1' }) },
  'AWS::EC2::SecurityGroup': { attributes: (name) => ({ GroupId: name }) },
  'AWS::EC2::VPC': { attributes: () => ({ CidrBlock: '10.83.0.0/16', DefaultSecurityGroup: 'sg' }) },
  'AWS::ApiGateway::Stage': { property: 'StageName' },
  'AWS::ApiGatewayV2::Api': {
    attributes: (name) => ({ ApiEndpoint: `https://${name}.execute-api.${REGION}.amazonaws.com` }),
  },
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

const entries = Object.entries;

/** A value that is computed on first use, and then kept. */
const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
};

class Stage {
  private readonly templates: Templates;
  private readonly known = new Map<string, DeployedResource>();

  constructor(templates: Templates) {
    this.templates = templates;
  }

  all(): DeployedResource[] {
    return entries(this.templates).flatMap(([stack, { Resources }]) =>
      Object.keys(Resources).map((id) => this.resource(stack, id)),
    );
  }

  resource(stack: string, id: string): DeployedResource {
    const key = `${stack}/${id}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = this.templates[stack]?.Resources[id];
    if (found === undefined) throw new Error(`${key} is not in the templates`);
    const naming = NAMING[found.Type] ?? {};
    const properties = found.Properties ?? {};
    const chosen = naming.property === undefined ? undefined : properties[naming.property];
    const name = chosen === undefined ? physicalName(stack, id) : String(this.value(stack, chosen));
    const resolve = (value: unknown) => this.value(stack, value);
    // What names and ARNs may contain besides the resource's own name.
    const owner = once(() =>
      Object.fromEntries(
        ['EventBusName', 'FunctionName'].flatMap((each) =>
          properties[each] === undefined ? [] : [[each, resolve(properties[each])]],
        ),
      ),
    );
    // Resolved on first use: resources refer to each other in circles, names do not.
    const resolved = once(() => resolve(properties) as Record<string, any>);
    const ref = once(
      () => naming.ref?.(name, owner()) ?? (found.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name),
    );
    const ownArn = once(() => naming.arn?.(name, owner()));
    const resource: DeployedResource = {
      ...{ stack, id, type: found.Type },
      get properties() {
        return resolved();
      },
      get ref() {
        return ref();
      },
      get arn() {
        return ownArn();
      },
    };
    this.known.set(key, resource);
    return resource;
  }

  private attribute(stack: string, id: string, attribute: string): string {
    const resource = this.resource(stack, id);
    const name = resource.ref.split('/').at(-1) ?? '';
    if (attribute === 'Arn' && resource.type === 'AWS::Logs::LogGroup') return `${resource.arn}:*`;
    if (attribute === 'Arn' && resource.arn !== undefined) return resource.arn;
    const value = NAMING[resource.type]?.attributes?.(name)[attribute];
    if (value === undefined)
      throw new Error(
        `${resource.type}.${attribute} (${stack}/${id}): add it to NAMING in ${import.meta.url}`,
      );
    return value;
  }

  private imported(name: unknown): unknown {
    for (const [stack, { Outputs = {} }] of entries(this.templates)) {
      for (const { Value, Export } of Object.values(Outputs)) {
        if (Export !== undefined && this.value(stack, Export.Name) === name) return this.value(stack, Value);
      }
    }
    throw new Error(`no stack exports ${String(name)}`);
  }

  private substituted(stack: string, argument: unknown): string {
    const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (own[name] !== undefined) return String(this.value(stack, own[name]));
      const [id = '', ...attribute] = name.split('.');
      return attribute.length === 0 || name.includes('::')
        ? this.reference(stack, name)
        : this.attribute(stack, id, attribute.join('.'));
    });
  }

  private reference(stack: string, name: string): string {
    if (name === 'AWS::StackName') return stack;
    if (name === 'AWS::StackId') return arn('cloudformation', `stack/${stack}/1`);
    return PSEUDO[name] ?? this.resource(stack, name).ref;
  }

  private call(stack: string, name: string, argument: unknown): unknown {
    const list = () => this.value(stack, argument) as unknown[];
    switch (name) {
      case 'Ref':
        return this.reference(stack, String(argument));
      case 'Fn::GetAtt': {
        const [id = '', attribute = ''] = Array.isArray(argument)
          ? (argument as string[])
          : String(argument).split('.');
        return this.attribute(stack, id, attribute);
      }
      case 'Fn::Join': {
        const [separator, parts] = list() as [string, unknown[]];
        return parts.map(String).join(separator);
      }
      case 'Fn::Sub':
        return this.substituted(stack, argument);
      case 'Fn::ImportValue':
        return this.imported(this.value(stack, argument));
      case 'Fn::Select': {
        const [index, parts] = list() as [number, unknown[]];
        return parts[index];
      }
      case 'Fn::Split': {
        const [separator, text] = list() as [string, string];
        return text.split(separator);
      }
      case 'Fn::GetAZs':
        return [`${REGION}a`, `${REGION}b`];
      default:
        throw new Error(`${name} in ${stack}: teach it to ${import.meta.url}`);
    }
  }

  value(stack: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.value(stack, each));
    if (typeof value !== 'object' || value === null) return value;
    const [first, ...others] = entries(value);
    if (first !== undefined && others.length === 0 && /^(Ref$|Condition$|Fn::)/.test(first[0])) {
      // The Condition of a policy statement is not an intrinsic function.
      if (first[0] !== 'Condition') return this.call(stack, first[0], first[1]);
    }
    return Object.fromEntries(entries(value).map(([key, each]) => [key, this.value(stack, each)]));
  }
}

/** All resources of the templates of a stage, in the account and region above. */
export const deployedFrom = (templates: Templates): readonly DeployedResource[] => new Stage(templates).all();

export const ofKind = (resources: readonly DeployedResource[], type: string): DeployedResource[] =>
  resources.filter((resource) => resource.type === type);

/** The resource that a Ref, an ARN or a name in the properties of another resource refers to. */
export const found = (
  resources: readonly DeployedResource[],
  type: string,
  named: unknown,
): DeployedResource => {
  const resource = ofKind(resources, type).find(
    ({ ref, arn: own }) =>
      ref === named || own === named || (own !== undefined && own.endsWith(`:${String(named)}`)),
  );
  if (resource === undefined) throw new Error(`no ${type} is called ${String(named)}`);
  return resource;
};

const aliasOf = (resources: readonly DeployedResource[], called: unknown): DeployedResource | undefined =>
  ofKind(resources, 'AWS::Lambda::Alias').find(
    ({ ref }) => ref === called || ref.endsWith(`:function:${String(called)}`),
  );

/** The name or ARN in a URI of an integration, or in a property that has just that. */
const calledIn = (value: unknown): unknown => /arn:[^/]*:function:[^/]+/.exec(String(value))?.[0] ?? value;

/** The function that a property calls, by itself or by an alias. */
export const functionOf = (resources: readonly DeployedResource[], value: unknown): DeployedResource => {
  const called = calledIn(value);
  return found(
    resources,
    'AWS::Lambda::Function',
    aliasOf(resources, called)?.properties['FunctionName'] ?? called,
  );
};

/** The ARN that a property invokes: of a function, or of an alias, which has permissions of its own. */
export const invokedBy = (resources: readonly DeployedResource[], value: unknown): string =>
  (aliasOf(resources, calledIn(value)) ?? functionOf(resources, value)).arn ?? '';
