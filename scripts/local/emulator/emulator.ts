import { shownUrl } from '../shown-url.ts';
import { joinGiven } from './given-emulator.ts';
import { startMiniStack } from './ministack.ts';
import type { Emulator, EmulatorTask } from './running-emulator.ts';
import { MINISTACK_VERSION } from './venv.ts';

/** Connects to the given emulator, or starts MiniStack on Python or in Docker. Throws a Problem if none is possible. */
export const startEmulator = async (task: EmulatorTask): Promise<Emulator> => {
  const given = task.givenEndpoint;
  if (given !== undefined && given !== '') {
    return task.log.step(`Emulator: ${shownUrl(given)} (AWS_ENDPOINT_URL)`, (note) => joinGiven(given, note));
  }
  return task.log.step(`Emulator: MiniStack ${MINISTACK_VERSION}`, (note) => startMiniStack(task, note));
};
