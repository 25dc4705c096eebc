import { Hono } from 'hono';
import type { Context } from 'hono';
import { respond, respondWith, preflight } from './responses.ts';
import type { Deps } from './deps.ts';
import { notImplementedDetail } from './openapi/alternatives.ts';
import { PAGE_HEADERS, docsPage } from './openapi/docs-page.ts';
import { FAULT, Refusal, replyTo } from './errors.ts';
import type { Reply } from './errors.ts';
import { memoize } from './memoize.ts';
import { openApiDocument } from './openapi/openapi.ts';
import { loadReference } from './openapi/reference.ts';
import type { Call } from './call.ts';
import type { Method, Operation } from './operation.ts';
import { operations } from './operations.ts';
import { isName } from '../platform/wire/fields.ts';
import { withLogFields } from '../platform/lambda/log-fields.ts';
import type { LogFields } from '../platform/lambda/log-fields.ts';
import { OTHER_SDK_ROUTES, SDK_ROUTES } from './openapi/sdk-routes.ts';

/** A request with path and query (without the question mark) as sent. The request's own URL has neither. */
export interface Incoming {
  readonly request: Request;
  readonly path: string;
  readonly search: string;
  /** Whether API Gateway changed the body. */
  readonly damaged?: boolean;
  /** The URL that the path is below, without a slash at its end; absent or null: unknown. */
  readonly baseUrl?: string | null;
}

export interface Router {
  /** Answers every request. Rejects only on failures of the runtime. */
  readonly fetch: (incoming: Incoming) => Promise<Response>;
}

interface Env {
  readonly Bindings: { readonly incoming: Incoming };
}

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Trailing slashes of a path are ignored. */
const trimmed = (path: string): string => {
  const kept = path.replace(/\/+$/, '');
  return kept === '' ? '/' : kept;
};

const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** The router of the whole HTTP API. */
export const makeRouter = (deps: Deps): Router => {
  const app = new Hono<Env>({ getPath: (_, options) => trimmed(options?.env?.incoming.path ?? '/') });
  for (const operation of operations) {
    app.on(operation.method, honoPath(operation.path), (context) => serve(deps, operation, context));
  }
  for (const route of missingRoutes()) {
    const [method = '', path = ''] = route.split(' ');
    const refusal = new Refusal('not_implemented', notImplementedDetail(path));
    app.on(method, honoPath(path), () => respondWith(refuse(refusal)));
  }
  addPages(app, deps);
  app.notFound((context) => {
    const allowed = METHODS.filter((method) => app.router.match(method, context.req.path)[0].length > 0);
    if (allowed.length === 0) return respondWith(refuse(new Refusal('not_found', 'There is no such path.')));
    const heads = allowed.includes('GET') ? ['HEAD'] : [];
    const allow = [...allowed, ...heads].join(',');
    return respondWith(refuse(new Refusal('method_not_allowed', undefined, { allow })));
  });
  app.onError((error, context) => {
    deps.log.error('request failed outside its operation', { path: context.req.path, error });
    return respondWith(FAULT);
  });
  return {
    fetch: async (incoming) => {
      const { request } = incoming;
      return request.method === 'OPTIONS' ? preflight(request) : app.fetch(request, { incoming });
    },
  };
};

const refuse = (refusal: Refusal): Reply => replyTo(refusal) ?? FAULT;

/** SDK routes without an operation. Names of path parameters may differ, so routes are compared without them. */
const missingRoutes = (): readonly string[] => {
  const shape = (route: string) => route.replaceAll(/\{\w+\}/g, '{}');
  const ours = new Set(operations.map(({ method, path }) => shape(`${method} ${path}`)));
  return [...SDK_ROUTES, ...OTHER_SDK_ROUTES].filter((route) => !ours.has(shape(route)));
};

/** Compressed, as every browser accepts it. */
const referenceScript = async (): Promise<Response> => {
  const script = await loadReference();
  if (script === '') return respondWith(refuse(new Refusal('not_found', 'There is no such path.')));
  return respond(200, Buffer.from(script, 'base64'), {
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'gzip',
    'cache-control': 'public, max-age=86400',
    'x-content-type-options': 'nosniff',
  });
};

const addPages = (app: Hono<Env>, { portalUrl }: Deps): void => {
  let document: string | undefined;
  app.get('/', () => respond(307, null, { location: '/docs' }));
  app.get('/docs', ({ env: { incoming } }) =>
    respond(200, docsPage(operations, incoming.path), PAGE_HEADERS),
  );
  app.get('/docs/reference.js', referenceScript);
  // HTTP APIs have no route with a slash at its end, so this path of the portal's function comes here. Where another host
  // has the portal, both forms do.
  app.get('/portal', ({ env: { incoming } }) => {
    if (portalUrl !== undefined) return respond(307, null, { location: portalUrl });
    if (incoming.path.endsWith('/')) return respond(307, null, { location: '../portal' });
    return respondWith(refuse(new Refusal('not_found', 'There is no such path.')));
  });
  app.get('/api/v1/openapi.json', () => {
    document ??= JSON.stringify(openApiDocument(operations));
    return respond(200, document, { 'content-type': 'application/json' });
  });
};

/** The log fields of a request: valid ids or uids of the path, and the ids that the operation found. */
const logFieldsOf = ({ param, about }: Call): LogFields => {
  const [messageId, endpointId] = [param('msg_id'), param('endpoint_id')];
  return {
    ...(isName(messageId) ? { messageId } : {}),
    ...(isName(endpointId) ? { endpointId } : {}),
    ...about,
  };
};

const serve = async (deps: Deps, operation: Operation, context: Context<Env>): Promise<Response> => {
  const startedAt = deps.now();
  const { search, damaged = false, baseUrl = null } = context.env.incoming;
  const { path, raw: request } = context.req;
  const call: Call = {
    deps,
    request,
    body: memoize(async () => new Uint8Array(await request.arrayBuffer())),
    damaged,
    baseUrl,
    search,
    target: search === '' ? path : `${path}?${search}`,
    param: (name) => context.req.param(name) ?? '',
    about: {},
  };
  return withLogFields(
    () => logFieldsOf(call),
    async () => {
      const reply = await settle(operation, call);
      deps.log.info('request', {
        method: call.request.method,
        route: operation.path,
        status: reply.status,
        ms: deps.now() - startedAt,
      });
      return respondWith(reply);
    },
  );
};

const settle = async (operation: Operation, call: Call): Promise<Reply> => {
  try {
    return await operation.run(call);
  } catch (thrown) {
    const reply = replyTo(thrown);
    if (reply !== undefined) return reply;
    const { method, path } = operation;
    call.deps.log.error('request failed', { method, route: path, error: thrown });
    return FAULT;
  }
};
