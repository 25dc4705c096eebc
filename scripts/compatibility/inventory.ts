import { Svix } from 'svix';
import { SDK_ROUTES } from '../../functions/api/openapi/sdk-routes.ts';

/** One operation of the official clients. */
export interface Operation {
  /** Its name in the npm client: `messageAttempt.listByMsg`. */
  readonly name: string;
  /** Method and path, as in `SDK_ROUTES`. */
  readonly route: string;
  /** Calls it through the npm client; undefined if that client does not have it yet. */
  readonly call?: (svix: Svix) => Promise<unknown>;
}

/** Operations of PyPI svix 2.9.1 that the npm client does not have yet. */
const PYPI_ONLY: readonly Operation[] = [
  {
    name: 'endpoint.getAttemptStats',
    route: 'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}/attempt-stats',
  },
  {
    name: 'destination.rotateSecret',
    route: 'POST /api/v1/app/{app_id}/destination/{destination_id}/secret/rotate',
  },
  { name: 'autoconfigSubscription.delete', route: 'DELETE /api/v1/app/{app_id}/autoconfig/{autoconfig_id}' },
];

/** Placeholder bodies and options. The client validates few of them, but some methods read `events` of the first. */
const ARGUMENTS = [{ events: [] }, {}, {}];
const IDS = ['a', 'b', 'c'];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const read = (object: object, name: string): unknown => Reflect.get(object, name);

/** The dotted names of all client methods, nested resources included. */
const methodNames = (resource: object): readonly string[] => {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(resource)));
  return properties.flatMap(([name, property]) => {
    if (name === 'constructor') return [];
    if (property.get === undefined) return [name];
    const below = read(resource, name);
    return isObject(below) ? methodNames(below).map((method) => `${name}.${method}`) : [];
  });
};

const invoke = (svix: Svix, name: string, ids: readonly string[]): unknown => {
  const path = name.split('.');
  const method = path.pop() ?? '';
  let resource: object = svix;
  for (const part of path) {
    const below = read(resource, part);
    if (isObject(below)) resource = below;
  }
  const called = read(resource, method);
  if (typeof called !== 'function') throw new Error(`${name} is not a method of the client`);
  return Reflect.apply(called, resource, [...ids, ...ARGUMENTS]);
};

/** The route template that a request's method and path match. */
const routeOf = (method: string, path: string): string | undefined => {
  const pattern = (route: string) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[abc]')}$`);
  const matching = SDK_ROUTES.filter((route) => pattern(route).test(`${method} ${path}`));
  // A literal segment (`/stream/event-type`) takes precedence over a parameter.
  return matching.toSorted((left, right) => left.split('{').length - right.split('{').length)[0];
};

/** The route that a client method requests, captured by a stub `fetch`. */
const requestedRoute = async (name: string, ids: readonly string[]): Promise<string | undefined> => {
  let requested: string | undefined;
  const fetch: typeof globalThis.fetch = (input, init) => {
    requested = routeOf(
      init?.method ?? 'GET',
      new URL(input instanceof Request ? input.url : input).pathname,
    );
    return Promise.resolve(new Response(null, { status: 204 }));
  };
  const svix = new Svix('token', { serverUrl: 'http://nowhere', fetch, retryScheduleInMs: [] });
  try {
    await invoke(svix, name, ids);
  } catch (error) {
    // The client may throw a TypeError when it gets an id in place of a body: the number of ids was wrong.
    if (!(error instanceof TypeError)) throw error;
  }
  return requested;
};

const parametersOf = (route: string): number => route.split('{').length - 1;

/** Tries 0 to 3 ids; the number is right when the requested route has as many parameters. */
const examine = async (name: string): Promise<Operation> => {
  for (const count of [0, 1, 2, 3]) {
    const ids = IDS.slice(0, count);
    const route = await requestedRoute(name, ids);
    if (route === undefined || parametersOf(route) !== count) continue;
    return { name, route, call: (svix) => Promise.resolve(invoke(svix, name, ids)) };
  }
  throw new Error(`${name} requests no route of SDK_ROUTES`);
};

const resourceOf = ({ name }: Operation): string => name.slice(0, name.lastIndexOf('.'));

/** Every operation of the newest official clients: those of the installed npm client and those only PyPI's has. */
export const takeInventory = async (): Promise<readonly Operation[]> => {
  const names = methodNames(new Svix('token', { serverUrl: 'http://nowhere' }));
  const found = await Promise.all(names.map(examine));
  return [...found, ...PYPI_ONLY].toSorted((left, right) =>
    resourceOf(left).localeCompare(resourceOf(right)),
  );
};
