import { CfnOutput, CfnResource, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnEIP,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  NatProvider,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { permission } from '../building-blocks/binding.ts';
import { pascalCase, resourceOf } from '../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../building-blocks/service-function.ts';
import type { StageConfig } from '../config.ts';

type Options = NonNullable<StageConfig['egress']>;

/** Zones of the network. Lambda spreads its environments over them. */
const ZONES = 2;

/**
 * The services that functions which send to endpoints call, besides DynamoDB and S3, whose gateway endpoints are free. Lambda
 * itself brings logs, metrics and traces away, and services call KMS themselves: none of them needs a way out of the network.
 */
const CALLED = {
  Sqs: InterfaceVpcEndpointAwsService.SQS,
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
};

/**
 * A VPC through whose NAT gateways webhooks leave from addresses that never change, so that customers can allow them. Part of
 * the state: a new deployment of the service keeps the addresses. The SSRF guard refuses its private addresses as any other.
 */
export class Egress extends Construct {
  private readonly vpc: Vpc;
  private readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { config, options }: { config: StageConfig; options: Options }) {
    super(scope, id);
    const addresses = Array.from({ length: options.natGateways }, (_, index) => this.address(config, index));
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(options.cidr),
      // Not CDK's lookup, which needs credentials at synth where the stage names its account.
      availabilityZones: Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs())),
      natGateways: options.natGateways,
      natGatewayProvider: NatProvider.gateway({
        eipAllocationIds: addresses.map(({ attrAllocationId }) => attrAllocationId),
      }),
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
        // Each concurrent environment needs no address of its own: Lambda shares network interfaces.
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      restrictDefaultSecurityGroup: false,
    });
    this.securityGroup = new SecurityGroup(this, 'Functions', {
      vpc: asInterface(this.vpc),
      description: 'Functions that send to endpoints: nothing comes in',
    });
    if (options.interfaceEndpoints)
      for (const [name, service] of Object.entries(CALLED))
        this.vpc
          .addInterfaceEndpoint(name, { service, open: false })
          .connections.allowFrom(this.securityGroup, Port.HTTPS);
    this.nameResources();
    Validations.of(this.vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'Each attempt is in the log of attempts. Flow logs of a sender cost more than its NAT gateway.',
    });
  }

  /** Lets a function run in the network. CDK would attach a managed policy that allows more. */
  connect({ lambda }: ServiceFunction<unknown>): void {
    resourceOf(lambda, CfnFunction).vpcConfig = {
      subnetIds: this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
      securityGroupIds: [this.securityGroup.securityGroupId],
    };
    permission([...NETWORK_ACTIONS], ['*'])(lambda);
    Validations.of(lambda.role ?? lambda).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions by which Lambda makes network interfaces support no resource-level permissions.',
    });
  }

  private address({ keepState }: StageConfig, index: number): CfnEIP {
    const address = new CfnEIP(this, `Address${index + 1}`, { domain: 'vpc' });
    address.applyRemovalPolicy(keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    new CfnOutput(this, `Address${index + 1}Output`, { value: address.attrPublicIp }).overrideLogicalId(
      `EgressAddress${index + 1}`,
    );
    return address;
  }

  /** By their path below this construct: a moved construct must not replace a subnet or an address. */
  private nameResources(): void {
    for (const each of this.node.findAll())
      if (each instanceof CfnResource)
        each.overrideLogicalId(
          `Egress${pascalCase(each.node.path.slice(this.node.path.length).replaceAll('Resource', ''))}`,
        );
  }
}

/** The actions by which Lambda connects a function to a VPC with the function's role; EC2 has no resources for them. */
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const;

const isInterface = (construct: Construct): construct is Construct & IVpc => construct instanceof Vpc;

/** CDK's class does not fit its own interface under exactOptionalPropertyTypes. */
const asInterface = (vpc: Vpc): IVpc => {
  if (!isInterface(vpc)) throw new Error('not a VPC');
  return vpc;
};
