import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Listening } from '../../scripts/local/listen.ts';
import { listen } from '../../scripts/local/listen.ts';
import type { RecordedCall } from './permissions/record-calls.ts';
import { makeRandomCrashes, crashRule } from './random-crashes.ts';
import type { Asker } from './random-crashes.ts';
import { DEADLINE_MS } from './limits.ts';

/**
 * Deployed functions ask it at every step how to continue (`POST /step/<name>`: "go", "crash" or "throttle"), by rules that
 * tests set (`support/faults.ts`). It runs in the process that booted the stack, because tests run in other processes.
 */
export const faultRule = z.object({
  step: z.string(),
  action: z.enum(['crash', 'throttle', 'hold']),
  /** The number of calls of the step, from now on, that it applies to. */
  times: z.number().int().positive(),
});
export type FaultRule = z.infer<typeof faultRule>;

export const ruleState = z.object({ hits: z.number() });

interface LiveRule extends FaultRule {
  left: number;
  hits: number;
  readonly released: PromiseWithResolvers<void>;
}

/** Releases held functions of tests that forget to; the timeout of the function would end them otherwise. */
const LONGEST_HOLD_MS = DEADLINE_MS;

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const askerOf = ({ headers }: IncomingMessage): Asker => ({
  process: String(headers['x-process']),
  recorded: Number(headers['x-recorded']),
});

const makeRules = () => {
  const rules = new Map<string, LiveRule>();
  const counts = new Map<string, number>();
  return {
    add: (rule: FaultRule): string => {
      const id = String(rules.size + 1);
      rules.set(id, { ...rule, left: rule.times, hits: 0, released: Promise.withResolvers() });
      return id;
    },
    state: (id: string) => ({ hits: rules.get(id)?.hits ?? 0 }),
    /** Ends the rule and lets held calls continue. */
    end: (id: string): void => {
      const rule = rules.get(id);
      if (rule === undefined) return;
      rule.left = 0;
      rule.released.resolve();
    },
    counts: () => Object.fromEntries(counts),
    answer: async (step: string): Promise<'go' | 'crash' | 'throttle'> => {
      counts.set(step, (counts.get(step) ?? 0) + 1);
      const rule = [...rules.values()].find((one) => one.step === step && one.left > 0);
      if (rule === undefined) return 'go';
      rule.left -= 1;
      rule.hits += 1;
      if (rule.action !== 'hold') return rule.action;
      setTimeout(rule.released.resolve, LONGEST_HOLD_MS).unref();
      await rule.released.promise;
      return 'go';
    },
  };
};

export interface FaultServer {
  /** Starts it on a free port of an address: functions in containers cannot reach 127.0.0.1. */
  readonly start: (host: string) => Promise<Listening>;
  /** Its URL for tests. */
  readonly url: () => string;
  /** The AWS calls that functions reported (permissions/record-calls.ts). */
  readonly calls: () => readonly RecordedCall[];
}

/** Functions use `/step` and `/call`, tests `/rule`, `/random-crashes` and `/counts`. */
export const makeFaultServer = (): FaultServer => {
  const calls = new Set<string>();
  const rules = makeRules();
  const randomCrashes = makeRandomCrashes();
  const route = async (request: IncomingMessage): Promise<string> => {
    const [, kind = '', name = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    const text = await readText(request);
    switch (`${request.method ?? ''} ${kind}`) {
      case 'POST step':
        return randomCrashes.ends(askerOf(request), name) ? 'crash' : rules.answer(name);
      case 'POST call':
        calls.add(text);
        return '{}';
      case 'POST rule':
        return JSON.stringify({ id: rules.add(faultRule.parse(JSON.parse(text))) });
      case 'GET rule':
        return JSON.stringify(rules.state(name));
      case 'DELETE rule':
        rules.end(name);
        return '{}';
      case 'POST random-crashes':
        randomCrashes.start(crashRule.parse(JSON.parse(text)));
        return '{}';
      case 'DELETE random-crashes':
        randomCrashes.stop();
        return '{}';
      case 'GET random-crashes':
        return JSON.stringify(randomCrashes.counts());
      case 'GET counts':
        return JSON.stringify(rules.counts());
      default:
        throw new Error(`no such route: ${request.method ?? ''} ${request.url ?? ''}`);
    }
  };
  const server = createServer((request, response) => {
    route(request).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  let port = 0;
  const start = async (host: string): Promise<Listening> => {
    const listening = await listen(server, 0, host);
    ({ port } = listening);
    return listening;
  };
  return {
    start,
    url: () => `http://127.0.0.1:${port}`,
    calls: () => [...calls].map((text) => JSON.parse(text) as RecordedCall),
  };
};
