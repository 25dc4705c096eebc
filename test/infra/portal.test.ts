import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadStage, parseStage } from '../../lib/config.ts';
import type { Resource, Synthesized } from './synth.ts';
import { STAGES, ofType, synth, synthOf } from './synth.ts';

const only = ({ service }: Synthesized, type: string): Resource => {
  const [[, resource] = [], ...others] = ofType(service, type);
  if (resource === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return resource;
};

const stage = (portal: object, more: object = {}) =>
  parseStage('x', JSON.stringify({ target: 'aws', keepState: false, portal, ...more }));

describe('the portal is served', () => {
  it.each([
    ['CloudFront on AWS', stage({}), 'cloudfront'],
    [
      'a function on AWS stages with only a REST API',
      stage({}, { api: { http: false, rest: true } }),
      'function',
    ],
    [
      'CloudFront on a REST stage with a domain for it',
      stage(
        { domain: { name: 'p.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' } },
        { api: { http: false, rest: true } },
      ),
      'cloudfront',
    ],
    ['a function on emulators', loadStage({ stage: 'local' }, STAGES), 'function'],
    ['no host where the stage says so', stage({ hosting: 'off' }), 'off'],
  ])('by %s', (_, config, hosting) => {
    expect(config.portal.hosting).toBe(hosting);
    const { service } = synthOf(config);
    expect(ofType(service, 'AWS::CloudFront::Distribution')).toHaveLength(hosting === 'cloudfront' ? 1 : 0);
    expect('PortalFunction' in service).toBe(hosting === 'function');
  });

  it.each([
    [{ frameAncestors: ['https://a.example; script-src *'] }, 'portal.frameAncestors.0 must be'],
    [{ frameAncestors: ['a.example'] }, 'portal.frameAncestors.0 must be'],
    [{ allowedServerUrls: ['https://a.example/path'] }, 'portal.allowedServerUrls.0 must be an origin'],
    [{ url: 'https://a.example' }, 'portal.url must end with a slash'],
    [
      {
        hosting: 'function',
        domain: { name: 'a.example', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' },
      },
      'portal.domain needs hosting "cloudfront"',
    ],
    [
      { domain: { name: 'a.example', certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/1' } },
      'must be the ARN of an ACM certificate in us-east-1',
    ],
  ])('and a synth refuses %j', (portal, message) => {
    expect(() => stage(portal)).toThrow(message);
  });
});

describe('links to the portal lead', () => {
  const portalUrl = (config: ReturnType<typeof stage>): unknown =>
    synthOf(config).service['AdminFunction']!.Properties.Environment.Variables.PORTAL_URL;

  it('to the distribution', () => {
    expect(portalUrl(stage({}))).toEqual({
      'Fn::Join': ['', ['https://', { 'Fn::GetAtt': ['PortalDistribution', 'DomainName'] }, '/']],
    });
  });

  it('to the domain of the stage', () => {
    const domain = { name: 'p.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' };
    expect(portalUrl(stage({ domain }))).toBe('https://p.example.com/');
  });

  it.each(['cloudfront', 'function', 'off'])('to the URL of the stage, with hosting %s', (hosting) => {
    expect(portalUrl(stage({ hosting, url: 'https://p.example.com/webhooks/' }))).toBe(
      'https://p.example.com/webhooks/',
    );
  });

  it('to the host of the API where a function serves the portal', () => {
    expect(portalUrl(stage({ hosting: 'function' }))).toBe('');
  });
});

describe('the distribution', () => {
  const { DistributionConfig } = only(synth('prod'), 'AWS::CloudFront::Distribution').Properties;

  it('has a private bucket behind its default behavior, with TLS, compression and cached files', () => {
    const [bucket] = DistributionConfig.Origins;
    expect(bucket).toMatchObject({ OriginAccessControlId: { 'Fn::GetAtt': ['PortalAccessControl', 'Id'] } });
    expect(DistributionConfig.DefaultCacheBehavior).toMatchObject({
      TargetOriginId: bucket.Id,
      AllowedMethods: ['GET', 'HEAD'],
      Compress: true,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
    expect(only(synth('prod'), 'AWS::S3::Bucket').Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  it.each([
    ['an HTTP API', synth('prod'), 'HttpApi', ''],
    [
      'a REST API',
      synthOf(stage({ hosting: 'cloudfront' }, { api: { http: false, rest: true } })),
      'RestApi',
      '/prod',
    ],
  ])(
    'passes calls below /api/ to %s with everything but the host, uncached and only by TLS',
    (_, of, api, path) => {
      const config = only(of, 'AWS::CloudFront::Distribution').Properties.DistributionConfig;
      const [behavior, ...others] = config.CacheBehaviors;
      expect(others).toEqual([]);
      expect(behavior).toMatchObject({
        PathPattern: '/api/*',
        ViewerProtocolPolicy: 'https-only',
        // AWS's managed policies CachingDisabled and AllViewerExceptHostHeader.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      });
      expect(new Set(behavior.AllowedMethods as string[])).toEqual(
        new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']),
      );
      const origins = config.Origins as Record<string, unknown>[];
      const origin = origins.find(({ Id }) => Id === behavior.TargetOriginId)!;
      expect(JSON.stringify(origin['DomainName'])).toContain(`"Ref":"${api}"`);
      expect(origin['OriginPath']).toBe(path);
      expect(origin['CustomOriginConfig']).toMatchObject({ OriginProtocolPolicy: 'https-only' });
    },
  );

  it('answers no status of the API with a page', () => {
    expect(DistributionConfig.CustomErrorResponses).toBeUndefined();
  });

  it('has TLS 1.2 or newer at the domain of the stage', () => {
    const domain = { name: 'p.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' };
    const { DistributionConfig: config } = only(
      synthOf(stage({ domain })),
      'AWS::CloudFront::Distribution',
    ).Properties;
    expect(config).toMatchObject({
      Aliases: ['p.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: 'arn:aws:acm:us-east-1:1:certificate/1',
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
  });
});

describe('the function of the distribution', () => {
  const code = String(only(synth('prod'), 'AWS::CloudFront::Function').Properties.FunctionCode);
  const rewritten = (uri: string): string => {
    const context = createContext({});
    runInContext(code, context);
    return String(runInContext(`handler({ request: ${JSON.stringify({ uri })} }).uri`, context));
  };

  it.each(['/', '/login', '/endpoints/ep_1', '/event-types/invoice.paid', '/config.json.bak', '/assetsx'])(
    'answers the route %s with the start page',
    (uri) => {
      expect(rewritten(uri)).toBe('/index.html');
    },
  );

  it.each(['/index.html', '/config.json', '/favicon.svg', '/assets/index-1234.js', '/assets/missing.js'])(
    'leaves the file %s alone, whether it exists or not',
    (uri) => {
      expect(rewritten(uri)).toBe(uri);
    },
  );

  it('fits into the 10 KB that CloudFront allows', () => {
    expect(code.length).toBeLessThan(10_000);
  });
});

describe('the headers of the page', () => {
  const portal = {
    frameAncestors: ["'self'", 'https://*.example.com'],
    allowedServerUrls: ['https://eu.example.com'],
  };
  const served = JSON.parse(
    synthOf(stage({ ...portal, hosting: 'function' })).service['PortalFunction']!.Properties.Environment
      .Variables.PORTAL_HEADERS as string,
  ) as Record<string, string>;
  const policies = Object.fromEntries(
    ofType(synthOf(stage(portal)).service, 'AWS::CloudFront::ResponseHeadersPolicy').map(([id, resource]) => [
      id,
      resource.Properties.ResponseHeadersPolicyConfig,
    ]),
  );

  it('allow no inline script or style, no untrusted HTML, and only the pages of the stage as parents', () => {
    const policy = served['content-security-policy']!;
    expect(policy).not.toContain('unsafe');
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "require-trusted-types-for 'script'",
        "connect-src 'self' https://eu.example.com",
        "frame-ancestors 'self' https://*.example.com",
      ]),
    );
  });

  it('allow any page as parent by default', () => {
    const { PortalPageHeaders } = synth('prod').service;
    expect(JSON.stringify(PortalPageHeaders)).toContain('frame-ancestors *;');
  });

  it('are the same from CloudFront and from the function', () => {
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = policies['PortalPageHeaders'];
    expect({
      'content-security-policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
      'strict-transport-security': `max-age=${security.StrictTransportSecurity.AccessControlMaxAgeSec}`,
      'x-content-type-options': security.ContentTypeOptions.Override === true ? 'nosniff' : '',
      'referrer-policy': security.ReferrerPolicy.ReferrerPolicy,
      ...Object.fromEntries(
        (custom.Items as { Header: string; Value: string }[]).map(({ Header, Value }) => [Header, Value]),
      ),
    }).toEqual(served);
  });

  it('let no answer of the API be a page', () => {
    expect(policies['PortalApiHeaders'].SecurityHeadersConfig.ContentSecurityPolicy).toMatchObject({
      ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
    });
  });
});

it('the page is uploaded again when its files or its configuration change', () => {
  const versionOf = (portal: object) =>
    only(synthOf(stage(portal)), 'Custom::PortalPage').Properties.Version as string;
  expect(versionOf({})).toMatch(/^[0-9a-f]{64}$/);
  expect(versionOf({ newLinkUrl: 'https://a.example/' })).not.toBe(versionOf({}));
  expect(versionOf({ frameAncestors: ['https://a.example'] })).toBe(versionOf({}));
});
