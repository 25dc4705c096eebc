import { describe, expect, it } from 'vitest';
import type { Resource } from './synth.ts';
import { ofType, synth, target } from './synth.ts';

const { service } = synth('local');

/** The logical id, without `Function`, of the function that an integration or permission refers to in any form. */
const functionIn = (value: unknown): string => /"(\w+)Function"/.exec(JSON.stringify(value))?.[1] ?? 'none';

const httpRoutes = (): Record<string, string> =>
  Object.fromEntries(
    ofType(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]): [string, string] => {
      const integration = target(Properties.Target['Fn::Join'][1][1]);
      return [String(Properties.RouteKey), functionIn(service[integration]!.Properties)];
    }),
  );

const resourcePath = (id: string): string => {
  const { Properties } = service[id]!;
  const parent = Properties.ParentId.Ref as string | undefined;
  return `${parent === undefined ? '' : resourcePath(parent)}/${Properties.PathPart}`;
};

const restRoute = ({ Properties }: Resource): [string, string] => {
  const id = Properties.ResourceId.Ref as string | undefined;
  const path = id === undefined ? '/' : resourcePath(id);
  return [`${Properties.HttpMethod} ${path}`, functionIn(Properties.Integration)];
};

describe('the HTTP API', () => {
  it('routes publishing, reads, the portal and all other requests to a function each', () => {
    expect(httpRoutes()).toEqual({
      'POST /api/v1/app/{app_id}/msg': 'Publish',
      'POST /api/v1/app/{app_id}/msg/batch': 'Publish',
      'POST /api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt': 'TestAttempt',
      'POST /api/v1/app/{app_id}/msg/precheck/active': 'Query',
      'POST /api/v1/app/{app_id}/msg/search': 'Query',
      'GET /': 'Query',
      'HEAD /': 'Query',
      'GET /{proxy+}': 'Query',
      'HEAD /{proxy+}': 'Query',
      'GET /portal': 'Portal',
      'HEAD /portal': 'Portal',
      'GET /portal/{proxy+}': 'Portal',
      'HEAD /portal/{proxy+}': 'Portal',
      $default: 'Admin',
    });
  });

  it('permits each route to invoke its function, by the source ARN that API Gateway sends', () => {
    const sources = ofType(service, 'AWS::Lambda::Permission')
      .filter(([id]) => id.startsWith('HttpApi'))
      .map(([, { Properties }]) => [
        functionIn(Properties.FunctionName),
        (Properties.SourceArn['Fn::Join'][1] as string[]).at(-1) ?? 'none',
      ]);
    expect(sources.sort()).toEqual([
      ['Admin', '/$default/$default'],
      ['Portal', '/$default/GET/portal'],
      ['Portal', '/$default/GET/portal/*'],
      ['Portal', '/$default/HEAD/portal'],
      ['Portal', '/$default/HEAD/portal/*'],
      ['Publish', '/$default/POST/api/v1/app/*/msg'],
      ['Publish', '/$default/POST/api/v1/app/*/msg/batch'],
      ['Query', '/$default/GET/'],
      ['Query', '/$default/GET/*'],
      ['Query', '/$default/HEAD/'],
      ['Query', '/$default/HEAD/*'],
      ['Query', '/$default/POST/api/v1/app/*/msg/precheck/active'],
      ['Query', '/$default/POST/api/v1/app/*/msg/search'],
      ['TestAttempt', '/$default/POST/api/v1/app/*/endpoint/*/test-attempt'],
    ]);
  });

  it('has neither CORS nor an authorizer of its own, and sends payload format 2.0', () => {
    const [[, api]] = ofType(service, 'AWS::ApiGatewayV2::Api') as [[string, Resource]];
    expect(api.Properties.CorsConfiguration).toBeUndefined();
    for (const [, { Properties }] of ofType(service, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties.PayloadFormatVersion).toBe('2.0');
    }
  });
});

describe('the REST API', () => {
  const routes = Object.fromEntries(
    ofType(service, 'AWS::ApiGateway::Method').map(([, method]) => restRoute(method)),
  );
  const publishing = ['/api/v1/app/{app_id}/msg', '/api/v1/app/{app_id}/msg/batch'];
  const reading = ['/api/v1/app/{app_id}/msg/precheck/active', '/api/v1/app/{app_id}/msg/search'];
  const endpoint = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';
  const steps = [
    ...['/', '/api', '/api/v1', '/api/v1/app', '/api/v1/app/{app_id}', ...publishing],
    ...['/api/v1/app/{app_id}/msg/precheck', ...reading],
    ...['/api/v1/app/{app_id}/endpoint', endpoint, `${endpoint}/test-attempt`],
  ];
  const greedy = steps
    .filter((step) => !/\/(app|endpoint)$/.test(step))
    .map((step) => `${step === '/' ? '' : step}/{proxy+}`);

  it('routes publishing one message or a batch to the publish function, and nothing else', () => {
    expect(Object.keys(routes).filter((route) => routes[route] === 'Publish')).toEqual(
      publishing.map((path) => `POST ${path}`),
    );
  });

  it('routes test attempts to their function, and nothing else', () => {
    expect(Object.keys(routes).filter((route) => routes[route] === 'TestAttempt')).toEqual([
      `POST ${endpoint}/test-attempt`,
    ]);
  });

  it('routes POSTs that only read to query', () => {
    for (const path of reading) expect(routes[`POST ${path}`]).toBe('Query');
  });

  it('routes reads to query and all other methods to admin, on and below each resource of these paths', () => {
    for (const path of [...steps, ...greedy]) {
      expect(routes[`GET ${path}`]).toBe('Query');
      expect(routes[`HEAD ${path}`]).toBe('Query');
      expect(routes[`ANY ${path}`]).toBe('Admin');
    }
  });

  it('routes reads of the portal to its function, and other methods there to admin', () => {
    for (const path of ['/portal', '/portal/{proxy+}']) {
      expect(routes[`GET ${path}`]).toBe('Portal');
      expect(routes[`HEAD ${path}`]).toBe('Portal');
      expect(routes[`ANY ${path}`]).toBe('Admin');
    }
  });

  it('passes on all bodies as binary', () => {
    const [[, api]] = ofType(service, 'AWS::ApiGateway::RestApi') as [[string, Resource]];
    expect(api.Properties.BinaryMediaTypes).toEqual(['*/*']);
  });
});

describe('a gateway response of the REST API', () => {
  const own = Object.fromEntries(
    ofType(service, 'AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => [
      String(Properties.ResponseType),
      {
        status: Properties.StatusCode as string | undefined,
        headers: Properties.ResponseParameters as Record<string, string>,
        body: JSON.parse(
          String(Properties.ResponseTemplates['application/json']).replace(
            '$context.error.messageString',
            '"in its own words"',
          ),
        ) as Record<string, unknown>,
      },
    ]),
  );

  it.each([
    ['DEFAULT_4XX', 'generic_error', undefined],
    ['DEFAULT_5XX', 'gateway_error', undefined],
    ['MISSING_AUTHENTICATION_TOKEN', 'not_found', '404'],
    ['REQUEST_TOO_LARGE', 'payload_too_large', undefined],
    ['THROTTLED', 'too_many_requests', undefined],
  ])('for %s has the JSON of an error with code %s', (type, code, status) => {
    expect(own[type]).toMatchObject({ status, body: { code, detail: expect.any(String) } });
    expect(Object.keys(own[type]!.body)).toEqual(['code', 'detail']);
    expect(own[type]!.headers['gatewayresponse.header.Access-Control-Allow-Origin']).toBe("'*'");
  });

  it('for THROTTLED has a Retry-After header', () => {
    expect(own['THROTTLED']!.headers['gatewayresponse.header.Retry-After']).toBe("'1'");
  });
});

it.each(['dev', 'prod'])('the HTTP API of %s has an access log and a throttle', (stage) => {
  const [[, apiStage]] = ofType(synth(stage).service, 'AWS::ApiGatewayV2::Stage') as [[string, Resource]];
  expect(apiStage.Properties.AccessLogSettings.Format).toContain('$context.requestId');
  expect(apiStage.Properties.DefaultRouteSettings).toEqual({
    ThrottlingBurstLimit: 250,
    ThrottlingRateLimit: 500,
  });
});

describe('under overload', () => {
  const { service: deployed } = synth('prod');

  it('the HTTP API throttles commands first, then reads, then publishing', () => {
    const [[, { Properties, DependsOn }]] = ofType(deployed, 'AWS::ApiGatewayV2::Stage') as [
      [string, Resource],
    ];
    const settings: Record<string, { ThrottlingRateLimit: number }> = Properties.RouteSettings;
    const rates = Object.entries(settings).map(([route, { ThrottlingRateLimit }]) => [
      route,
      ThrottlingRateLimit,
    ]);
    expect(Object.fromEntries(rates)).toEqual({
      'POST /api/v1/app/{app_id}/msg': 2000,
      'POST /api/v1/app/{app_id}/msg/batch': 2000,
      'GET /': 1000,
      'HEAD /': 1000,
      'GET /{proxy+}': 1000,
      'HEAD /{proxy+}': 1000,
      'POST /api/v1/app/{app_id}/msg/precheck/active': 1000,
      'POST /api/v1/app/{app_id}/msg/search': 1000,
      'POST /api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt': 4,
    });
    // CloudFormation refuses settings of routes that do not exist yet.
    expect(DependsOn).toHaveLength(rates.length);
  });

  it('the REST API throttles publishing last', () => {
    const text = '{ "target": "aws", "keepState": true, "api": { "http": false, "rest": true } }';
    const [[, { Properties }]] = ofType(synth('rest', { text }).service, 'AWS::ApiGateway::Stage') as [
      [string, Resource],
    ];
    const settings: { HttpMethod: string; ResourcePath: string; ThrottlingRateLimit: number }[] =
      Properties.MethodSettings;
    expect(
      settings.map(({ HttpMethod, ResourcePath, ThrottlingRateLimit }) => [
        HttpMethod,
        ResourcePath,
        ThrottlingRateLimit,
      ]),
    ).toEqual([
      ['*', '/*', 1000],
      ['POST', '/~1api~1v1~1app~1{app_id}~1msg', 2000],
      ['POST', '/~1api~1v1~1app~1{app_id}~1msg~1batch', 2000],
      ['POST', '/~1api~1v1~1app~1{app_id}~1endpoint~1{endpoint_id}~1test-attempt', 4],
    ]);
  });

  it('functions have the reserved concurrency of the stage option, and none by default', () => {
    const text =
      '{ "target": "aws", "keepState": true, "reservedConcurrency": { "publish": 50, "query": 20, "admin": 10 } }';
    const reserved = (resources: Record<string, Resource>) =>
      Object.fromEntries(
        ofType(resources, 'AWS::Lambda::Function').flatMap(([name, { Properties }]) =>
          Properties.ReservedConcurrentExecutions === undefined
            ? []
            : [[name, Properties.ReservedConcurrentExecutions]],
        ),
      );
    expect(reserved(synth('busy', { text }).service)).toEqual({
      PublishFunction: 50,
      QueryFunction: 20,
      AdminFunction: 10,
    });
    expect(reserved(deployed)).toEqual({});
  });
});
