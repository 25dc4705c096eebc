import {
  HOSTS_VARIABLE,
  emulatorFetch,
  parseHosts,
  requireEmulator,
  verifyAccount,
} from '../deploy/guard.ts';
import type { Log } from '../log.ts';
import { startMiniStack } from './ministack.ts';
import { Problem, explain } from '../problem.ts';
import { MINISTACK_VERSION } from './venv.ts';

export interface EmulatorTask {
  readonly log: Log;
  /** Removed when the emulator stops. */
  readonly tempDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** AWS_ENDPOINT_URL of the caller: an emulator that runs already. */
  readonly givenEndpoint: string | undefined;
  readonly venvDir?: string;
}

export interface Emulator {
  readonly endpointUrl: string;
  readonly label: string;
  /** False on emulators without HTTP APIs (open-source LocalStack): REST alone. */
  readonly httpApis: boolean;
  /** How its functions reach this machine. */
  readonly hostName: string;
  readonly ended: AbortSignal;
  stop(): Promise<void>;
}

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
      `Nothing answers at AWS_ENDPOINT_URL (${endpointUrl}): ${explain(error)}. Start the emulator first.`,
    );
  });
  return {
    endpointUrl,
    label: 'an emulator that ran already',
    httpApis: await hasHttpApis(endpointUrl),
    hostName: process.env['POSTHORN_RECEIVER_HOST'] ?? '127.0.0.1',
    ended: new AbortController().signal,
    stop: () => Promise.resolve(),
  };
};

/** The emulator to deploy to: the one given, else a fresh MiniStack on Python, else in Docker, else a Problem. */
export const startEmulator = async (task: EmulatorTask): Promise<Emulator> => {
  const given = task.givenEndpoint;
  if (given !== undefined && given !== '') {
    return task.log.step(`Emulator: ${given} (AWS_ENDPOINT_URL)`, () => joinGiven(given));
  }
  return task.log.step(`Emulator: MiniStack ${MINISTACK_VERSION}`, (note) => startMiniStack(task, note));
};
