import { Aws, CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  CfnDistribution,
  CfnFunction,
  CfnOriginAccessControl,
  CfnResponseHeadersPolicy,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  OriginSslPolicy,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  Signing,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { pageFiles } from '#assets';
import { INDEX } from '../../../functions/portal-host/page-file.ts';
import type { PortalUploadEnv } from '../../../functions/platform/lambda/env.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from '../../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { StageConfig } from '../../config.ts';
import { cloudFrontHeaders, pageHeaders } from './page-headers.ts';
import type { PageHeaders } from './page-headers.ts';
import { PageUpload } from './page-upload.ts';
import { viewerRequestCode } from './viewer-request.ts';

export interface CloudFrontPortalProps {
  readonly config: StageConfig;
  /** Host name of the API, and the path of its stage: `/prod` for REST APIs. */
  readonly api: { readonly host: string; readonly path: string };
}

/**
 * The portal on CloudFront: the page from a private bucket, and `/api/*` from the API, so that the page calls its own
 * origin and no call needs a CORS preflight.
 */
export class CloudFrontPortal extends Construct {
  /** With a slash at its end. */
  readonly url: string;
  readonly portalUpload: ServiceFunction<PortalUploadEnv>;

  constructor(scope: Construct, id: string, props: CloudFrontPortalProps) {
    super(scope, id);
    const { config } = props;
    const bucket = this.bucket();
    const distribution = this.distribution(props, bucket);
    const { domain, url } = config.portal;
    this.url = url ?? `https://${domain?.name ?? distribution.domainName}/`;
    this.portalUpload = new PageUpload(this, 'PageUpload', { config, bucket }).portalUpload;
    // The target of the DNS record of your own domain.
    new CfnOutput(this, 'DistributionDomain', { value: distribution.domainName }).overrideLogicalId(
      'PortalDistributionDomain',
    );
  }

  private bucket(): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Holds nothing but the build. The upload function empties it before it is deleted.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    overrideLogicalId(bucket, CfnBucket, 'PortalBucket');
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Public files that only CloudFront reads; an access log would say nothing.',
    });
    return bucket;
  }

  private distribution({ config, api }: CloudFrontPortalProps, bucket: Bucket): Distribution {
    const { domain } = config.portal;
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Posthorn ${config.name}: portal`,
      defaultRootObject: INDEX,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(asInterface(bucket), {
          originAccessControl: this.accessControl(config),
          // With the permission to list, S3 answers 404 for a missing file instead of 403.
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.headers(config, 'Page', pageHeaders(config.portal)),
        functionAssociations: [
          { function: this.viewerRequest(config), eventType: FunctionEventType.VIEWER_REQUEST },
        ],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(api.host, {
            originPath: api.path,
            originSslProtocols: [OriginSslPolicy.TLS_V1_2],
          }),
          // A redirect would follow a request that has already sent its token without TLS.
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // API Gateway knows its own host name only.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          responseHeadersPolicy: this.headers(config, 'Api', {
            ...pageHeaders(config.portal),
            // Nothing that the API answers is a page.
            'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          }),
        },
      },
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.name],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }),
    });
    overrideLogicalId(distribution, CfnDistribution, 'PortalDistribution');
    overrideLogicalIdBelow(bucket, CfnBucketPolicy, 'PortalBucketPolicy');
    this.acknowledge(distribution);
    return distribution;
  }

  /** CloudFront's names are unique in the account, over all regions. */
  private name({ name }: StageConfig, part: string): string {
    return `posthorn-${name}-portal-${part}-${Aws.REGION}`;
  }

  private accessControl(config: StageConfig): S3OriginAccessControl {
    const control = new S3OriginAccessControl(this, 'AccessControl', {
      originAccessControlName: this.name(config, 'bucket'),
      signing: Signing.SIGV4_ALWAYS,
    });
    overrideLogicalId(control, CfnOriginAccessControl, 'PortalAccessControl');
    return control;
  }

  private viewerRequest(config: StageConfig): Function {
    const rewrite = new Function(this, 'ViewerRequest', {
      functionName: this.name(config, 'routes'),
      comment: 'Answers the routes of the page with its start page',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(viewerRequestCode(pageFiles().map(({ path }) => path))),
    });
    overrideLogicalId(rewrite, CfnFunction, 'PortalViewerRequest');
    return rewrite;
  }

  private headers(config: StageConfig, part: 'Page' | 'Api', headers: PageHeaders): ResponseHeadersPolicy {
    const policy = new ResponseHeadersPolicy(this, `${part}Headers`, {
      responseHeadersPolicyName: this.name(config, `${part.toLowerCase()}-headers`),
      ...cloudFrontHeaders(headers),
    });
    overrideLogicalId(policy, CfnResponseHeadersPolicy, `Portal${part}Headers`);
    return policy;
  }

  private acknowledge(distribution: Distribution): void {
    Validations.of(distribution).acknowledge(
      {
        id: 'AwsSolutions-CFR1',
        reason: 'The platform decides which countries its customers are in; the page holds no data.',
      },
      {
        id: 'AwsSolutions-CFR2',
        reason:
          'AWS WAF costs more than the whole idle service; accounts that need it associate their own web ACL.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason:
          'The access log of API Gateway has every call of the API. A log of page views would hold addresses of people.',
      },
      {
        id: 'AwsSolutions-CFR4',
        reason:
          'Without a domain of your own CloudFront has its own certificate, whose policy cannot be set.',
      },
    );
  }
}

const isBucket = (construct: Construct): construct is Construct & IBucket => construct instanceof Bucket;

/** CDK's class does not fit its own interface under exactOptionalPropertyTypes. */
const asInterface = (bucket: Bucket): IBucket => {
  if (!isBucket(bucket)) throw new Error('not a bucket');
  return bucket;
};
