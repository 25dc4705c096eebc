import {
  HOSTS_VARIABLE,
  emulatorFetch,
  parseHosts,
  requireEmulator,
  verifyAccount,
} from '../deploy/guard.ts';
import { startMiniStack } from './ministack.ts';
import type { Emulator, EmulatorTask } from './running-emulator.ts';
import { Problem, explain } from '../problem.ts';
import { MINISTACK_VERSION } from './venv.ts';

const hasHttpApis = async (endpointUrl: string): Promise<boolean> => {
  const response = await emulatorFetch(`${endpointUrl}/v2/apis`, 'apigateway', {
    signal: AbortSignal.timeout(10_000),
  });
  return response.ok;
};

const joinGiven = async (endpoint: string): Promise<Emulator> => {
  const endpointUrl = requireEmulator(endpoint, parseHosts(process.env[HOSTS_VARIABLE]));
  await verifyAccount(endpointUrl).catch((error: unknown) => {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `No answer from AWS_ENDPOINT_URL (${endpointUrl}): ${explain(error)}. Start the emulator first.`,
    );
  });
  return {
    endpointUrl,
    label: 'a running emulator',
    httpApis: await hasHttpApis(endpointUrl),
    hostName: process.env['POSTHORN_RECEIVER_HOST'] ?? '127.0.0.1',
    ended: new AbortController().signal,
    stop: () => Promise.resolve(),
  };
};

/** Connects to the given emulator, or starts MiniStack on Python or in Docker. Throws a Problem if none is possible. */
export const startEmulator = async (task: EmulatorTask): Promise<Emulator> => {
  const given = task.givenEndpoint;
  if (given !== undefined && given !== '') {
    return task.log.step(`Emulator: ${given} (AWS_ENDPOINT_URL)`, () => joinGiven(given));
  }
  return task.log.step(`Emulator: MiniStack ${MINISTACK_VERSION}`, (note) => startMiniStack(task, note));
};
