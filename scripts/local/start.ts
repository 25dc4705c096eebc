import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describeDelivery, describeStack } from './banner.ts';
import { sendFirstMessage } from './first-message.ts';
import type { LocalProxy } from './local-proxy.ts';
import { startLocalProxy } from './local-proxy.ts';
import { whenAborted } from './processes/supervised.ts';
import type { LocalStack } from './local-file.ts';
import { removeLocalFile, writeLocalFile } from './local-file.ts';
import { DETACHED_VARIABLE, startDetached } from './detached.ts';
import { makeLog } from './log.ts';
import { parseStartOptions } from './options.ts';
import { privateDir } from './paths.ts';
import { Problem, explain } from './problem.ts';
import { receiverAt } from './receiver/receiver-client.ts';
import type { Stack } from './stack.ts';
import { bootStack } from './stack.ts';
import { allowReceiver } from './receiver/receiver-access.ts';
import { refuseSecondStart, removeStartLock, writeStartLock } from './start-lock.ts';
import { tailDeliveries } from './tail.ts';
import { DEFAULT_ORGANIZATION } from '../../functions/platform/settings/default-organization.ts';

const STAGE = 'local';
const log = makeLog(process.stdout);

/** Aborts on Ctrl-C, when the terminal closes, and when the parent process is gone. */
const stopSignal = (): AbortSignal => {
  const stop = new AbortController();
  const abort = () => stop.abort(new Problem('Stopped.'));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, abort);
  process.on('disconnect', abort);
  return stop.signal;
};

const openProxy = async (port: number): Promise<LocalProxy> => {
  try {
    return await startLocalProxy(port);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      `${error.message} Stop that program, or use another port: npm start -- --port ${port + 1}`,
    );
  }
};

const describeLocal = async (proxy: LocalProxy, stack: Stack): Promise<Omit<LocalStack, 'portalUrl'>> => ({
  serverUrl: proxy.url,
  httpServerUrl: stack.httpServerUrl,
  restServerUrl: stack.restServerUrl,
  organizationId: DEFAULT_ORGANIZATION,
  token: await stack.mintToken(DEFAULT_ORGANIZATION),
  jwtSecret: stack.jwtSecret,
  managementUrl: `${proxy.url}/management/v1`,
  managementToken: stack.managementToken,
  receiverUrl: stack.receiverUrl,
  awsEndpointUrl: stack.emulator.endpointUrl,
  stage: STAGE,
  pid: process.pid,
  outputs: { ...stack.outputs },
});

/** Delivers the first message through the deployed stack, then writes .posthorn/local.json and prints how to use it. */
const present = async (proxy: LocalProxy, stack: Stack): Promise<void> => {
  proxy.open(stack.apiUrl, stack.preflightUrl);
  const local = await describeLocal(proxy, stack);
  await allowReceiver({ ...local, hostName: stack.emulator.hostName });
  const { delivery, portalUrl } = await log.step(
    'First message: publish with the Svix SDK, wait for the webhook',
    () => sendFirstMessage({ ...local, receiver: receiverAt(stack.receiver.url) }),
  );
  log.line(describeDelivery(delivery));
  const complete = { ...local, portalUrl };
  await writeLocalFile(complete);
  log.line(describeStack(complete));
};

/** Waits for the user to stop the run; throws if the emulator ends first. */
const untilEnd = async (signal: AbortSignal, stack: Stack): Promise<void> => {
  await Promise.race([whenAborted(signal), whenAborted(stack.emulator.ended)]).catch(() => undefined);
  if (signal.aborted) return;
  throw new Problem('The emulator ended unexpectedly; see .posthorn/logs/emulator.log.');
};

const runStack = async (proxy: LocalProxy, tempDir: string, signal: AbortSignal): Promise<void> => {
  const logDir = join(privateDir, 'logs');
  const givenEndpoint = process.env['AWS_ENDPOINT_URL'];
  const stack = await bootStack({ stage: STAGE, log, tempDir, logDir, signal, givenEndpoint });
  try {
    await Promise.race([present(proxy, stack), whenAborted(signal), whenAborted(stack.emulator.ended)]);
    if (process.env[DETACHED_VARIABLE] === undefined)
      log.line('  Ctrl-C (or npm stop) stops everything. Deliveries from now on:\n');
    void tailDeliveries(stack, log, signal);
    await untilEnd(signal, stack);
  } finally {
    removeLocalFile();
    log.line('\n  Stopping ...');
    await stack.stop();
  }
};

const start = async (port: number, signal: AbortSignal): Promise<void> => {
  const proxy = await openProxy(port);
  process.on('exit', () => {
    removeLocalFile();
    removeStartLock();
  });
  await writeStartLock(proxy.url);
  await rm(join(privateDir, 'logs'), { recursive: true, force: true });
  await runStack(proxy, await mkdtemp(join(tmpdir(), 'posthorn-')), signal);
};

/** Exit code 0 after Ctrl-C on a ready stack and when a detached one is ready, 130 after Ctrl-C before it was ready, 1 after an error. */
const main = async (): Promise<number> => {
  const signal = stopSignal();
  try {
    const { port, detach } = parseStartOptions(process.argv.slice(2));
    await refuseSecondStart();
    if (detach) {
      await startDetached(port, signal);
      return 0;
    }
    await start(port, signal);
    log.line('  Stopped; nothing is left running.');
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`\n${signal.aborted ? 'Stopped before it was ready.' : explain(error)}\n`);
    return signal.aborted ? 130 : 1;
  }
};

process.exit(await main());
