import { ApiException, Svix } from 'svix';
import { z } from 'zod';
import { takeInventory } from './inventory.ts';
import type { Operation } from './inventory.ts';
import { SCENARIO } from './scenario.ts';
import type { ScenarioContext } from './scenario.ts';

/** How a running stack answered one operation. */
export type ProbeOutcome =
  | { readonly kind: 'works'; readonly status: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly why: string };

export interface ProbedOperation extends Operation {
  readonly outcome: ProbeOutcome;
}

export interface ProbeTask {
  readonly serverUrl: string;
  /** Token of an unused organization. */
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

/** `works` if the client's call resolved: it got a 2xx answer and could parse it. */
const check = async (call: () => Promise<unknown>, lastStatus: () => number): Promise<ProbeOutcome> => {
  try {
    await call();
    return { kind: 'works', status: lastStatus() };
  } catch (error) {
    if (error instanceof ApiException && isAbsent(error.code, parsed(error.body))) return { kind: 'absent' };
    return { kind: 'broken', why: explain(error) };
  }
};

/** Calls operations that the npm client lacks; rejects with the client's own exception. */
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

/** Calls every operation of the newest official clients, those of the scenario first and in order. */
export const probe = async (task: ProbeTask): Promise<readonly ProbedOperation[]> => {
  let status = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    status = response.status;
    return response;
  };
  const clientOf = (token: string) =>
    new Svix(token, { serverUrl: task.serverUrl, fetch, retryScheduleInMs: [] });
  const svix = clientOf(task.token);
  const raw = rawCaller(task, fetch);
  const context: ScenarioContext = {
    svix,
    clientOf,
    hookUrl: task.hookUrl,
    raw: (method, path) => raw(method, `/api/v1${path}`),
  };
  const outcomes = new Map<string, ProbeOutcome>();
  for (const { name, call } of SCENARIO)
    outcomes.set(
      name,
      await check(
        () => call(context),
        () => status,
      ),
    );
  const probed: ProbedOperation[] = [];
  for (const operation of await takeInventory()) {
    const { name, route, call } = operation;
    const [method = '', path = ''] = route.split(' ');
    const other = () => (call === undefined ? raw(method, filled(path)) : call(svix));
    probed.push({
      ...operation,
      outcome: outcomes.get(name) ?? (await check(other, () => status)),
    });
  }
  return probed;
};
