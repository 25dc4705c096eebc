import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSupervised, whenAborted } from '../../../scripts/local/processes/supervised.ts';
import { eventually } from '../../support/poll.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const superviseShell = (script: string) => {
  const tempDir = mkdtempSync(join(tmpdir(), 'supervisor-test-'));
  const supervised = startSupervised({
    command: 'sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: tempDir,
    logFile: join(tempDir, 'log'),
    tempDir,
    afterwards: [],
  });
  const pidFrom = (name: string) => () =>
    Promise.resolve(existsSync(join(tempDir, name)) ? Number(readFileSync(join(tempDir, name), 'utf8')) : 0);
  return { supervised, tempDir, pidFrom };
};

describe('supervisor', () => {
  it('ends a process with all its children and removes the temporary folder', async () => {
    const { supervised, tempDir, pidFrom } = superviseShell(
      'sleep 600 & echo $! > child; echo $$ > parent; wait',
    );
    const parent = await eventually(pidFrom('parent'), (pid) => pid > 0);
    const child = await pidFrom('child')();
    await supervised.stop();
    expect([isAlive(parent), isAlive(child), existsSync(tempDir)]).toEqual([false, false, false]);
  });

  it('reports that the process exited', async () => {
    const { supervised } = superviseShell('exit 3');
    await expect(whenAborted(supervised.ended)).rejects.toBeDefined();
    await supervised.stop();
  });
});
