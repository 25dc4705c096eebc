import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runProgram } from '../local/run-command.ts';
import { projectDir } from '../local/paths.ts';
import { release } from './command.ts';
import { parseReleaseOptions } from './options.ts';

const run = promisify(execFile);
/** An SBOM has some megabytes. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** `npm run release`: makes a release of this checkout. Changes nothing without `--yes`, and never pushes. */
await runProgram(() =>
  release(
    {
      folder: projectDir,
      read: (file) => readFile(join(projectDir, file), 'utf8'),
      write: async (file, text) => {
        await mkdir(dirname(join(projectDir, file)), { recursive: true });
        await writeFile(join(projectDir, file), text);
      },
      run: async (command, args) =>
        (await run(command, [...args], { cwd: projectDir, maxBuffer: MOST_OUTPUT_BYTES })).stdout,
      say: (text) => void process.stdout.write(`${text}\n`),
      now: () => Date.now(),
    },
    parseReleaseOptions(process.argv.slice(2)),
  ),
);
