import { Svix } from 'svix';
import { SDK_ROUTES } from '../../functions/api/openapi/sdk-routes.ts';

/** One operation of the official clients. */
export interface Operation {
  /** As the npm client calls it: `messageAttempt.listByMsg`. */
  readonly name: string;
  /** Method and path, as in `SDK_ROUTES`. */
  readonly route: string;
  /** Calls it through the npm client; undefined where that client is too old to have it. */
  readonly call?: (svix: Svix) => Promise<unknown>;
}

/** Of PyPI svix 2.9.1, and not yet in the npm client. */
const NEWER: readonly Operation[] = [
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

/** Bodies and options; the client refuses few of them by itself, and reads lists out of one. */
const ARGUMENTS = [{ events: [] }, {}, {}];
const IDS = ['a', 'b', 'c'];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const read = (object: object, name: string): unknown => Reflect.get(object, name);

/** Every method of the client by its dotted name, resources below resources included. */
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
  if (typeof called !== 'function') throw new Error(`${name} is no method of the client`);
  return Reflect.apply(called, resource, [...ids, ...ARGUMENTS]);
};

/** The route with as many ids in front of the body as its path has parameters. */
const routeOf = (method: string, path: string): string | undefined => {
  const pattern = (route: string) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[abc]')}$`);
  const matching = SDK_ROUTES.filter((route) => pattern(route).test(`${method} ${path}`));
  // A literal segment (`/stream/event-type`) beats a parameter.
  return matching.toSorted((left, right) => left.split('{').length - right.split('{').length)[0];
};

/** What a method asks for, seen by a client whose requests go nowhere. */
const probe = async (name: string, ids: readonly string[]): Promise<string | undefined> => {
  let asked: string | undefined;
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked = routeOf(init?.method ?? 'GET', new URL(input instanceof Request ? input.url : input).pathname);
    return Promise.resolve(new Response(null, { status: 204 }));
  };
  const svix = new Svix('token', { serverUrl: 'http://nowhere', fetch, retryScheduleInMs: [] });
  try {
    await invoke(svix, name, ids);
  } catch (error) {
    // With an id in place of a body the client may stumble; another number of ids fits.
    if (!(error instanceof TypeError)) throw error;
  }
  return asked;
};

const parametersOf = (route: string): number => route.split('{').length - 1;

/** The number of ids is right when it is that of the route which they lead to. */
const examine = async (name: string): Promise<Operation> => {
  for (const count of [0, 1, 2, 3]) {
    const ids = IDS.slice(0, count);
    const route = await probe(name, ids);
    if (route === undefined || parametersOf(route) !== count) continue;
    return { name, route, call: (svix) => Promise.resolve(invoke(svix, name, ids)) };
  }
  throw new Error(`${name} asks for no route that the newest clients know`);
};

const resourceOf = ({ name }: Operation): string => name.slice(0, name.lastIndexOf('.'));

/** Every operation of the newest official clients, found in the installed npm client and completed from PyPI's. */
export const takeInventory = async (): Promise<readonly Operation[]> => {
  const names = methodNames(new Svix('token', { serverUrl: 'http://nowhere' }));
  const found = await Promise.all(names.map(examine));
  return [...found, ...NEWER].toSorted((left, right) => resourceOf(left).localeCompare(resourceOf(right)));
};
