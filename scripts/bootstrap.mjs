import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Runs before any package is installed, so it has no dependencies and uses only syntax of Node 20. It installs the
 * packages (Node 24 is one of them) and then runs with Node 24 the TypeScript file that its first argument names, with the
 * other arguments.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const lockFolder = join(root, '.posthorn', 'install.lock');
const HEARTBEAT_MS = 5_000;

const say = (line) => process.stdout.write(`${line}\n`);

function stop(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}

function checkHost() {
  if (process.platform === 'win32') {
    stop(
      'Posthorn runs on Linux and macOS. On Windows, run it inside WSL (https://learn.microsoft.com/windows/wsl).',
    );
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (!(major >= 20)) {
    stop(
      `Posthorn needs Node 20 or newer; this is ${process.version}. Install a newer one from https://nodejs.org.`,
    );
  }
}

const readLock = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/**
 * npm writes node_modules/.package-lock.json last, so it lists what is really installed. Versions are compared instead
 * of file times, because a checkout changes those, and an unneeded `npm ci` would break other running processes.
 */
function isInstalled() {
  const stamp = join(modules, '.package-lock.json');
  if (!existsSync(stamp)) return false;
  const installed = readLock(stamp);
  return Object.entries(readLock(join(root, 'package-lock.json')))
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.extraneous)
    .every(([path, entry]) => installed[path]?.version === entry.version);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** When `npm start` and `npm test` run in a fresh clone, one installs and the other waits. */
function takeLock() {
  mkdirSync(dirname(lockFolder), { recursive: true });
  try {
    mkdirSync(lockFolder);
    writeFileSync(join(lockFolder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function lockIsStale() {
  const pidFile = join(lockFolder, 'pid');
  if (existsSync(pidFile)) return !isAlive(Number(readFileSync(pidFile, 'utf8')));
  return existsSync(lockFolder) && Date.now() - statSync(lockFolder).mtimeMs > HEARTBEAT_MS;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function waitForOther() {
  say('Another run is installing the packages; waiting for it ...');
  while (existsSync(lockFolder) && !lockIsStale()) await sleep(500);
  if (lockIsStale()) rmSync(lockFolder, { recursive: true, force: true });
}

/** The npm that runs this script, else the npm in PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running?.endsWith('.js') ? [process.execPath, running] : ['npm'];
}

/** Runs npm and resolves to its exit code and its output. */
function runNpm(args) {
  const [command, ...rest] = npmCommand();
  const child = spawn(command, [...rest, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  let stopped = false;
  const stopChild = () => (stopped = child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stopChild);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(name, stopChild);
      if (stopped) stop('Stopped while installing. Run the same command again to continue.');
      resolve({ code: signal === null ? code : 1, output: Buffer.concat(output).toString() });
    });
  });
}

/** A quick request to the registry: without a network `npm ci` itself takes ten minutes to fail. */
const REGISTRY_PROBE = [
  'view',
  'node',
  'name',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-timeout=15000',
];
const CI = ['ci', '--include=dev', '--no-audit', '--no-fund'];

async function installWithNpm() {
  const probe = await runNpm(REGISTRY_PROBE);
  return probe.code !== 0 && NO_NETWORK.test(probe.output) ? probe : runNpm(CI);
}

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;

function explainInstall(output) {
  const tail = output.trimEnd().split('\n').slice(-12).join('\n');
  const sentence = NO_NETWORK.test(output)
    ? 'Cannot reach the npm registry. Check the network (and `npm config get registry`, `npm config get proxy`), then run the same command again.'
    : '`npm ci` failed; see its last lines above. Fix the cause, then run the same command again.';
  stop(`${tail}\n\n${sentence}`);
}

async function installLocked() {
  process.once('exit', () => rmSync(lockFolder, { recursive: true, force: true }));
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
  say('Installing the packages (npm ci) ...');
  const heartbeat = setInterval(() => say(`  still installing, ${seconds()} s`), HEARTBEAT_MS);
  try {
    const { code, output } = await installWithNpm();
    if (code !== 0) explainInstall(output);
    say(`  installed in ${seconds()} s`);
  } finally {
    clearInterval(heartbeat);
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/** Installs at most once, even if the result still differs from the lock file. */
async function install() {
  while (!isInstalled()) {
    if (takeLock()) return installLocked();
    await waitForOther();
  }
}

const NO_NODE_24 = `Node 24 is missing: it comes with the package "node", whose install script npm did not run.
Allow install scripts (npm config delete ignore-scripts) and run \`npm rebuild node\`, or install Node 24, then run the same command again.`;

/** The Node 24 of the package "node", else the running Node if it is new enough. */
function findNode24() {
  const packaged = join(modules, 'node', 'bin', 'node');
  for (const candidate of [packaged, process.execPath]) {
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (/^v(2[4-9]|[3-9]\d)\./.test(stdout ?? '')) return candidate;
  }
  return stop(NO_NODE_24);
}

/** Runs the script, forwards signals to it so that it can clean up, and exits with its code. */
function handOver(node, script, args) {
  const env = {
    ...process.env,
    PATH: [dirname(node), join(modules, '.bin'), process.env.PATH].join(delimiter),
  };
  const child = spawn(node, [join(root, script), ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchNpm(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

/** Stops when npm or its shell is gone: if they are killed, they do not forward the signal. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, 1_000).unref();
}

checkHost();
await install();
const [script, ...args] = process.argv.slice(2);
handOver(findNode24(), script, args);
