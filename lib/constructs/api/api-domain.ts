import { CfnOutput } from 'aws-cdk-lib';
import {
  BasePathMapping,
  CfnBasePathMapping,
  CfnDomainName as CfnRestDomainName,
  DomainName as RestDomainName,
  EndpointType,
  SecurityPolicy as RestSecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  CfnApiMapping,
  CfnDomainName as CfnHttpDomainName,
  DomainName as HttpDomainName,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { overrideLogicalId, overrideLogicalIdBelow } from '../../building-blocks/logical-id.ts';
import type { StageConfig } from '../../config.ts';
import type { ApiOrigin } from './routes.ts';

type Domain = NonNullable<StageConfig['domain']>;

/** Whether the stage's domain leads to this API. With both, it leads to the HTTP API. */
export const isDomainOf = ({ api, domain }: StageConfig, kind: 'http' | 'rest'): boolean =>
  domain !== undefined && (kind === 'http' || !api.http);

const originOf = ({ name, basePath }: Domain): ApiOrigin => ({
  host: name,
  path: basePath === undefined ? '' : `/${basePath}`,
});

/** What the DNS record of the domain has to point to; you create it, as a CNAME or as an alias of Route 53. */
const outputs = (scope: Construct, target: string, zoneId: string): void => {
  new CfnOutput(scope, 'Target', { value: target }).overrideLogicalId('ApiDomainTarget');
  new CfnOutput(scope, 'ZoneId', { value: zoneId }).overrideLogicalId('ApiDomainHostedZoneId');
};

/** Your domain for an HTTP API. */
export class HttpApiDomain extends Construct {
  readonly origin: ApiOrigin;

  constructor(
    scope: Construct,
    id: string,
    { domain, api, stage }: { domain: Domain; api: HttpApi; stage: HttpStage },
  ) {
    super(scope, id);
    const name = new HttpDomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    overrideLogicalIdBelow(name, CfnHttpDomainName, 'ApiDomain');
    const mapping = new ApiMapping(this, 'Mapping', {
      ...{ api, stage, domainName: name },
      ...(domain.basePath === undefined ? {} : { apiMappingKey: domain.basePath }),
    });
    overrideLogicalId(mapping, CfnApiMapping, 'ApiDomainMapping');
    outputs(this, name.regionalDomainName, name.regionalHostedZoneId);
    this.origin = originOf(domain);
  }
}

/** Your domain for a REST API. Its paths do not have the stage of the API. */
export class RestApiDomain extends Construct {
  readonly origin: ApiOrigin;

  constructor(scope: Construct, id: string, { domain, api }: { domain: Domain; api: RestApi }) {
    super(scope, id);
    const name = new RestDomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: RestSecurityPolicy.TLS_1_2,
    });
    overrideLogicalIdBelow(name, CfnRestDomainName, 'ApiDomain');
    const mapping = new BasePathMapping(this, 'Mapping', {
      ...{ domainName: name, restApi: api, stage: api.deploymentStage },
      ...(domain.basePath === undefined ? {} : { basePath: domain.basePath }),
    });
    overrideLogicalId(mapping, CfnBasePathMapping, 'ApiDomainMapping');
    outputs(this, name.domainNameAliasDomainName, name.domainNameAliasHostedZoneId);
    this.origin = originOf(domain);
  }
}
