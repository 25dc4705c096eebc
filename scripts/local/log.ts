import type { Writable } from 'node:stream';

/** Progress output: every step prints its start (seconds since the program's start) and its duration. */
export interface Log {
  line(text: string): void;
  /** Runs `work` under a title. `note` sets the current activity, which is printed every few seconds. */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
}

const HEARTBEAT_TERMINAL_MS = 3_000;
const HEARTBEAT_PLAIN_MS = 15_000;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Prints plain lines without control characters, for terminals, CI logs and files alike. */
export const makeLog = (out: Writable & { isTTY?: boolean }): Log => {
  const started = performance.now();
  const line = (text: string) => out.write(`${text}\n`);
  const stamped = (text: string) => line(`[${seconds(performance.now() - started).padStart(7)}] ${text}`);

  const step: Log['step'] = async (title, work) => {
    stamped(title);
    const from = performance.now();
    let at = 'still working';
    const beat = setInterval(
      () => stamped(`  ... ${at} (${seconds(performance.now() - from)})`),
      out.isTTY === true ? HEARTBEAT_TERMINAL_MS : HEARTBEAT_PLAIN_MS,
    );
    try {
      const result = await work((text) => (at = text));
      stamped(`  done in ${seconds(performance.now() - from)}`);
      return result;
    } finally {
      clearInterval(beat);
    }
  };
  return { line, step };
};
