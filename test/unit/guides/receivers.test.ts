import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSecret } from '../../../functions/deliver/signing/endpoint-secret.ts';
import type { SigningKey } from '../../../functions/deliver/signing/endpoint-secret.ts';
import { signatureHeaders } from '../../../functions/deliver/signing/sign.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { modulesDir } from '../../../scripts/local/paths.ts';
import { programsIn } from '../../support/guide-programs.ts';
import { eventually } from '../../support/poll.ts';

/** The receivers of the guide, each as a process, with requests that are signed as deliveries are. */
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const OTHER = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"id": "inv_1",  "amount": 1.50, "name": "é 😀"}';

const programs = programsIn('docs/guides/receive-and-verify.md');

const COMMANDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'receiver.mjs': [process.execPath, 'receiver.mjs'],
  'receiver.py': ['python3', '-u', 'receiver.py'],
  'receiver.go': ['go', 'run', 'receiver.go'],
  'Receiver.java': ['java', 'Receiver.java'],
};

it('the guide has a program for each runtime that is tested, and no other', () => {
  expect([...programs.keys()].toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
});

const keyOf = (secret: string): SigningKey => {
  const parsed = parseSecret(secret);
  if (parsed.kind !== 'ok') throw new Error(`not a secret: ${secret}`);
  return parsed.key;
};

interface Process {
  readonly url: string;
  stop(): void;
}

/** Null if the machine does not have the runtime. */
const start = async (folder: string, file: string): Promise<Process | null> => {
  await writeFile(join(folder, file), programs.get(file)!);
  const [command, ...args] = COMMANDS[file]!;
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: SECRET };
  // The group ends with what `go run` and a version manager's shims start.
  const child: ChildProcess = spawn(command, args, { cwd: folder, env, detached: true, stdio: 'pipe' });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => output.push(String(chunk)));
  const end = new Promise<string>((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('exit', (code) => resolve(`exit ${code}`));
  });
  const url = `http://127.0.0.1:${port}/`;
  const answers = eventually(
    () => fetch(url, { method: 'POST', body: 'x' }),
    () => true,
    { what: `${file} listens` },
  );
  const first = await Promise.race([answers, end]);
  if (first === 'missing') return null;
  if (typeof first === 'string') throw new Error(`${file} ended: ${first}\n${output.join('')}`);
  return { url, stop: () => void process.kill(-child.pid!, 'SIGKILL') };
};

/** Begins a request and closes the connection in the middle of its body. */
const breakOff = ({ url }: Process): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    socket.on('error', () => undefined).on('close', () => resolve());
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegun';
    socket.write(head, () => socket.destroy());
  });

const NOW_S = () => Math.floor(Date.now() / 1000);

const send = async (
  { url }: Process,
  { keys = [SECRET], at = NOW_S(), body = BODY, sentId = 'msg_1' } = {},
): Promise<number> => {
  const headers = signatureHeaders({
    ...{ prefix: 'svix', messageId: 'msg_1', timestampSeconds: at },
    body: Buffer.from(BODY),
    keys: keys.map(keyOf),
  });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers), 'svix-id': sentId },
    body,
  });
  return response.status;
};

const sendTimestamp = async ({ url }: Process, timestamp: string): Promise<number> => {
  const headers = { 'svix-id': 'msg_1', 'svix-timestamp': timestamp, 'svix-signature': 'v1,AAAA' };
  return (await fetch(url, { method: 'POST', headers, body: BODY })).status;
};

describe.each(Object.keys(COMMANDS))('the receiver %s of the guide', (file) => {
  let folder: string;
  let receiver: Process | null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthorn-receiver-'));
    await symlink(modulesDir, join(folder, 'node_modules'));
    receiver = await start(folder, file);
  });
  afterAll(async () => {
    receiver?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('accepts what Posthorn signed, also while the secret is rotated, and refuses everything else', async ({
    skip,
  }) => {
    if (receiver === null) return skip(`no runtime for ${file}`);
    const statuses = {
      signed: await send(receiver),
      rotated: await send(receiver, { keys: [OTHER, SECRET] }),
      'another secret': await send(receiver, { keys: [OTHER] }),
      'changed body': await send(receiver, { body: BODY.replace('inv_1', 'inv_2') }),
      'parsed and printed body': await send(receiver, { body: JSON.stringify(JSON.parse(BODY)) }),
      'changed id': await send(receiver, { sentId: 'msg_2' }),
      'ten minutes old': await send(receiver, { at: NOW_S() - 600 }),
      'ten minutes ahead': await send(receiver, { at: NOW_S() + 600 }),
      unsigned: (await fetch(receiver.url, { method: 'POST', body: BODY })).status,
      // Digits to some parsers, and no number.
      'a superscript for a timestamp': await sendTimestamp(receiver, '\u00b2'),
      'a timestamp of 5,000 digits': await sendTimestamp(receiver, '9'.repeat(5_000)),
    };
    expect(statuses).toEqual({
      ...{ signed: 204, rotated: 204 },
      ...{ 'another secret': 400, 'changed body': 400, 'parsed and printed body': 400, 'changed id': 400 },
      ...{ 'ten minutes old': 400, 'ten minutes ahead': 400, unsigned: 400 },
      ...{ 'a superscript for a timestamp': 400, 'a timestamp of 5,000 digits': 400 },
    });
  });

  it('goes on after a request whose sender breaks it off', async ({ skip }) => {
    if (receiver === null) return skip(`no runtime for ${file}`);
    await breakOff(receiver);
    for (let sent = 0; sent < 5; sent += 1) expect(await send(receiver)).toBe(204);
  });
});
