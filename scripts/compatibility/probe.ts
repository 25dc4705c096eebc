import { ApiException, Svix } from 'svix';
import { z } from 'zod';
import { takeInventory } from './inventory.ts';
import type { Operation } from './inventory.ts';
import { STORY } from './scenario.ts';
import type { Scene } from './scenario.ts';

/** How a running stack answered one operation. */
export type Eligibility =
  | { readonly kind: 'works'; readonly status: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly why: string };

export interface Surveyed extends Operation {
  readonly eligibilityOf: Eligibility;
}

export interface ProbeTask {
  readonly serverUrl: string;
  /** Of an organization that nobody uses. */
  readonly token: string;
  readonly hookUrl: string;
}

const ABSENT = z.object({ code: z.literal('not_implemented'), detail: z.string().min(1) });

const isAbsent = (status: number, body: unknown): boolean => status === 501 && ABSENT.safeParse(body).success;

const explain = (error: unknown): string => {
  if (error instanceof ApiException) return `${error.code}: ${JSON.stringify(error.body)}`;
  return error instanceof Error ? error.message : String(error);
};

const parsed = (body: unknown): unknown => {
  try {
    return typeof body === 'string' ? JSON.parse(body) : body;
  } catch {
    return undefined;
  }
};

/** The client's own verdict: it resolved, so what it got was a 2xx that it could read. */
const check = async (call: () => Promise<unknown>, lastStatus: () => number): Promise<Eligibility> => {
  try {
    await call();
    return { kind: 'works', status: lastStatus() };
  } catch (error) {
    if (error instanceof ApiException && isAbsent(error.code, parsed(error.body))) return { kind: 'absent' };
    return { kind: 'broken', why: explain(error) };
  }
};

/** Calls what no npm client has, and fails as the client would. */
const rawCaller =
  ({ serverUrl, token }: ProbeTask, fetch: typeof globalThis.fetch) =>
  async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(`${serverUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiException(response.status, text, response.headers);
    return parsed(text);
  };

const filled = (path: string) => path.replaceAll(/\{\w+\}/g, 'a');

/** Really calls every operation of the newest official clients, those of the story in its order. */
export const probe = async (task: ProbeTask): Promise<readonly Surveyed[]> => {
  let status = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    status = response.status;
    return response;
  };
  const svix = new Svix(task.token, { serverUrl: task.serverUrl, fetch, retryScheduleInMs: [] });
  const raw = rawCaller(task, fetch);
  const scene: Scene = {
    svix,
    hookUrl: task.hookUrl,
    raw: (method, path) => raw(method, `/api/v1${path}`),
  };
  const verdicts = new Map<string, Eligibility>();
  for (const { name, tell } of STORY)
    verdicts.set(
      name,
      await check(
        () => tell(scene),
        () => status,
      ),
    );
  const surveyed: Surveyed[] = [];
  for (const operation of await takeInventory()) {
    const { name, route, call } = operation;
    const [method = '', path = ''] = route.split(' ');
    const other = () => (call === undefined ? raw(method, filled(path)) : call(svix));
    surveyed.push({
      ...operation,
      eligibilityOf: verdicts.get(name) ?? (await check(other, () => status)),
    });
  }
  return surveyed;
};
