import type { Log } from '../log.ts';

export interface EmulatorTask {
  readonly log: Log;
  /** Removed when the emulator stops. */
  readonly tempDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** The caller's AWS_ENDPOINT_URL: a running emulator. */
  readonly givenEndpoint: string | undefined;
  readonly venvDir?: string;
}

/** Which emulator answers: tests skip what one of them cannot do. */
export type EmulatorKind = 'ministack' | 'localstack' | 'other';

export interface Emulator {
  readonly endpointUrl: string;
  readonly kind: EmulatorKind;
  readonly label: string;
  /** Whether it is the caller's (AWS_ENDPOINT_URL) and goes on after this process. */
  readonly given: boolean;
  /** false on emulators without HTTP APIs (open-source LocalStack), where only the REST API is deployed. */
  readonly httpApis: boolean;
  /** The host name by which its functions reach this machine. */
  readonly hostName: string;
  readonly ended: AbortSignal;
  stop(): Promise<void>;
}

/** One way to run MiniStack: its command, and the host name by which its functions reach this machine. */
export interface Launch {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly afterwards: readonly string[];
  readonly hostName: string;
}
