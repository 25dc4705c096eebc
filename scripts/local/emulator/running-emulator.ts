import type { Log } from '../log.ts';

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

/** One way to run MiniStack: a process, and how its functions reach us. */
export interface Launch {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly afterwards: readonly string[];
  readonly hostName: string;
}
