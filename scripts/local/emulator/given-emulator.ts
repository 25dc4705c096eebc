import { setTimeout as wait } from 'node:timers/promises';
import {
  HOSTS_VARIABLE,
  emulatorFetch,
  parseHosts,
  resolveEmulator,
  verifyAccount,
} from '../deploy/guard.ts';
import type { EmulatorKind, Emulator } from './running-emulator.ts';
import { Problem, explain } from '../problem.ts';

/** How long a container may take from its start to its first answer. */
export const ANSWER_LIMIT_MS = 120_000;
const POLL_MS = 1_000;
/** An emulator that is busy loading a service answers late. */
const REQUEST_LIMIT_MS = 10_000;

const until = () => AbortSignal.timeout(REQUEST_LIMIT_MS);

const hasHttpApis = async (endpointUrl: string): Promise<boolean> => {
  const response = await emulatorFetch(`${endpointUrl}/v2/apis`, 'apigateway', { signal: until() });
  return response.ok;
};

const healthPath: Readonly<Record<'ministack' | 'localstack', string>> = {
  ministack: '/_ministack/health',
  // MiniStack answers this one too.
  localstack: '/_localstack/health',
};

/** Asks for the health pages of the emulators that the tests know. */
export const emulatorKind = async (endpointUrl: string): Promise<EmulatorKind> => {
  for (const kind of ['ministack', 'localstack'] as const) {
    const response = await fetch(`${endpointUrl}${healthPath[kind]}`, { signal: until() }).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return kind;
  }
  return 'other';
};

/** Repeats the account check until the endpoint answers; a wrong account or the time limit ends it with a Problem. */
export const waitForAnswer = async (
  endpointUrl: string,
  note: (text: string) => void,
  limitMs = ANSWER_LIMIT_MS,
): Promise<void> => {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      await verifyAccount(endpointUrl);
      return;
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (Date.now() > deadline)
        throw new Problem(
          `No answer from AWS_ENDPOINT_URL (${endpointUrl}) within ${limitMs / 1000} s: ${explain(error)}. Start the emulator first.`,
        );
      note(`waiting for an answer: ${explain(error)}`);
    }
    await wait(POLL_MS);
  }
};

const KIND_LABELS: Readonly<Record<EmulatorKind, string>> = {
  ministack: 'a running MiniStack',
  localstack: 'a running LocalStack',
  other: 'a running emulator',
};

/** Connects to the emulator at AWS_ENDPOINT_URL, as soon as it answers. */
export const joinGiven = async (endpoint: string, note: (text: string) => void): Promise<Emulator> => {
  const endpointUrl = await resolveEmulator(endpoint, parseHosts(process.env[HOSTS_VARIABLE]));
  await waitForAnswer(endpointUrl, note);
  const kind = await emulatorKind(endpointUrl);
  return {
    endpointUrl,
    kind,
    label: KIND_LABELS[kind],
    given: true,
    httpApis: await hasHttpApis(endpointUrl),
    hostName: process.env['POSTHORN_RECEIVER_HOST'] ?? '127.0.0.1',
    ended: new AbortController().signal,
    stop: () => Promise.resolve(),
  };
};
