import { Hono } from 'hono';
import type { Context } from 'hono';
import { answer, answerReply, preflight } from './answers.ts';
import type { Deps } from './deps.ts';
import { docsPage } from './docs-page.ts';
import { FAULT, Refusal, replyTo } from './errors.ts';
import type { Reply } from './errors.ts';
import { openApiDocument } from './openapi.ts';
import type { Call, Method, Operation } from './operation.ts';
import { operations } from './operations.ts';
import { SDK_ROUTES } from './sdk-routes.ts';

export interface Router {
  /** Answers every request; rejects only where the runtime itself fails. */
  readonly fetch: (request: Request) => Promise<Response>;
}

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Path and query, as they were sent; trailing slashes of the path do not count. */
const targetOf = (url: string): { readonly path: string; readonly search: string } => {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const mark = url.indexOf('?', start);
  const end = mark === -1 ? url.length : mark;
  const path = url.slice(start, end).replace(/\/+$/, '');
  return { path: path === '' ? '/' : path, search: mark === -1 ? '' : url.slice(mark + 1) };
};

const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** The whole HTTP API over ports. */
export const makeRouter = (deps: Deps): Router => {
  const app = new Hono({ getPath: (request) => targetOf(request.url).path });
  for (const operation of operations) {
    app.on(operation.method, honoPath(operation.path), (context) => serve(deps, operation, context));
  }
  for (const route of missingRoutes()) {
    const [method = '', path = ''] = route.split(' ');
    app.on(method, honoPath(path), () => answerReply(notImplemented()));
  }
  addPages(app);
  app.notFound((context) => {
    const allowed = METHODS.filter((method) => app.router.match(method, context.req.path)[0].length > 0);
    if (allowed.length === 0) return answer(404, null);
    const heads = allowed.includes('GET') ? ['HEAD'] : [];
    return answer(405, null, { allow: [...allowed, ...heads].join(',') });
  });
  app.onError((error, context) => {
    deps.log.error('request failed outside its operation', { path: context.req.path, error });
    return answerReply(FAULT);
  });
  return {
    fetch: async (request) => (request.method === 'OPTIONS' ? preflight(request) : app.fetch(request)),
  };
};

const notImplemented = (): Reply => replyTo(new Refusal('not_implemented')) ?? FAULT;

/** Parameters may be named differently there, so routes are compared without names. */
const missingRoutes = (): readonly string[] => {
  const shape = (route: string) => route.replaceAll(/\{\w+\}/g, '{}');
  const ours = new Set(operations.map(({ method, path }) => shape(`${method} ${path}`)));
  return SDK_ROUTES.filter((route) => !ours.has(shape(route)));
};

const addPages = (app: Hono): void => {
  let document: string | undefined;
  app.get('/', () => answer(307, null, { location: '/docs' }));
  app.get('/docs', () => answer(200, docsPage(operations), { 'content-type': 'text/html; charset=utf-8' }));
  app.get('/api/v1/openapi.json', () => {
    document ??= JSON.stringify(openApiDocument(operations));
    return answer(200, document, { 'content-type': 'application/json' });
  });
};

const serve = async (deps: Deps, operation: Operation, context: Context): Promise<Response> => {
  const startedAt = deps.now();
  const { path, search } = targetOf(context.req.url);
  const call: Call = {
    deps,
    request: context.req.raw,
    search,
    target: search === '' ? path : `${path}?${search}`,
    param: (name) => context.req.param(name) ?? '',
    trace: {},
  };
  const reply = await settle(operation, call);
  deps.log.info('request', {
    method: call.request.method,
    route: operation.path,
    status: reply.status,
    ms: deps.now() - startedAt,
    ...call.trace,
  });
  return answerReply(reply);
};

const settle = async (operation: Operation, call: Call): Promise<Reply> => {
  try {
    return await operation.run(call);
  } catch (thrown) {
    const reply = replyTo(thrown);
    if (reply !== undefined) return reply;
    const { method, path } = operation;
    call.deps.log.error('request failed', { method, route: path, ...call.trace, error: thrown });
    return FAULT;
  }
};
