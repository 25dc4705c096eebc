import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { Problem, explain } from '../problem.ts';

/**
 * These scripts deploy with `--all` and without confirmation, so they must never reach a real account: the endpoint is
 * on loopback, has a name of LocalStack or is listed by name, the credentials are dummies, the account must be the
 * emulator's, and nothing of the caller's AWS configuration is passed on.
 */
export const EMULATOR_ACCOUNT = '000000000000';
export const EMULATOR_REGION = 'us-east-1';
export const HOSTS_VARIABLE = 'POSTHORN_EMULATOR_HOSTS';

export type EndpointCheck =
  { readonly kind: 'allowed'; readonly url: string } | { readonly kind: 'refused'; readonly reason: string };

const AWS_DOMAINS = /(^|\.)(amazonaws\.com|amazonaws\.com\.cn|aws|api\.aws|aws\.dev|amazon\.com)\.?$/i;

/** `host` or `host:port`, separated by commas or spaces. */
export const parseHosts = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/[\s,]+/).filter((host) => host !== '');

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));

/** The name of LocalStack's container as a CI service, and LocalStack's own domain, which points to 127.0.0.1. */
const LOCALSTACK_NAMES = /^(localstack|([a-z0-9-]+\.)*localhost\.localstack\.cloud)$/i;

const isListed = ({ hostname, host }: URL, listed: readonly string[]) =>
  listed.includes(hostname) || listed.includes(host);

const parseUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** Replaces `localhost` by 127.0.0.1, since the name could resolve to any address. */
const pinned = (url: URL): string => {
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url.origin;
};

/** Whether these scripts may deploy to `endpoint`. `listed`: hosts that the user has allowed. */
export const checkEndpoint = (endpoint: string, listed: readonly string[]): EndpointCheck => {
  const refused = (reason: string): EndpointCheck => ({ kind: 'refused', reason });
  const url = parseUrl(endpoint);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return refused('it is not an http(s) URL');
  if (url.username !== '' || url.password !== '') return refused('the URL contains credentials');
  if (url.pathname !== '/' || url.search !== '') return refused('the URL has a path or a query');
  if (AWS_DOMAINS.test(url.hostname)) return refused(`${url.hostname} belongs to AWS`);
  const known = isLoopback(url.hostname) || LOCALSTACK_NAMES.test(url.hostname);
  if (known || isListed(url, listed)) {
    return { kind: 'allowed', url: pinned(url) };
  }
  return refused(
    `${url.hostname} is neither a loopback address nor a name of LocalStack nor listed in ${HOSTS_VARIABLE}`,
  );
};

/** The endpoint's origin. Throws a Problem if the endpoint is refused. */
const requireEmulator = (endpoint: string, listed: readonly string[]): string => {
  const check = checkEndpoint(endpoint, listed);
  if (check.kind === 'allowed') return check.url;
  throw new Problem(
    `AWS_ENDPOINT_URL is refused: ${check.reason}. These scripts deploy only to emulators; to deploy to AWS, use the CDK CLI (README, "Deploy to AWS").`,
  );
};

/** The addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const resolveName: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

const LOCAL_RANGES = new BlockList();
LOCAL_RANGES.addSubnet('127.0.0.0', 8);
LOCAL_RANGES.addSubnet('10.0.0.0', 8);
LOCAL_RANGES.addSubnet('172.16.0.0', 12);
LOCAL_RANGES.addSubnet('192.168.0.0', 16);
LOCAL_RANGES.addAddress('::1', 'ipv6');
LOCAL_RANGES.addSubnet('fc00::', 7, 'ipv6');

const isLocal = (address: string) => LOCAL_RANGES.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

const addressOf = async (hostname: string, resolve: Resolve): Promise<string> => {
  const addresses = await resolve(hostname).catch((error: unknown) => {
    throw new Problem(
      `AWS_ENDPOINT_URL: cannot resolve the name ${hostname}: ${explain(error)}. Is the emulator started, and in the same network?`,
    );
  });
  const address = addresses.find(isIPv4) ?? addresses[0];
  if (address === undefined) throw new Problem(`AWS_ENDPOINT_URL: the name ${hostname} has no address.`);
  return address;
};

const hasAddress = ({ hostname }: URL) => isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0;

const defaultPort = ({ protocol }: URL) => (protocol === 'https:' ? '443' : '80');

/**
 * The endpoint's origin, with an address in place of a host name: S3 clients put the bucket in front of a name
 * (`bucket.localstack`), which does not resolve, and behind an address (path style). LocalStack answers http and https
 * on the same port; its certificate has its name only, so https becomes http. Other https names are kept, for their
 * certificates. Throws a Problem if the endpoint is refused, has no address, or has a name of LocalStack that points
 * to a public address without being listed.
 */
export const resolveEmulator = async (
  endpoint: string,
  listed: readonly string[],
  resolve: Resolve = resolveName,
): Promise<string> => {
  const url = new URL(requireEmulator(endpoint, listed));
  const ofLocalStack = LOCALSTACK_NAMES.test(url.hostname);
  if (hasAddress(url) || (url.protocol === 'https:' && !ofLocalStack)) return url.origin;
  const address = await addressOf(url.hostname, resolve);
  if (!isLocal(address) && !isListed(url, listed))
    throw new Problem(
      `AWS_ENDPOINT_URL is refused: ${url.hostname} points to ${address}, which is not in a private network. List the name in ${HOSTS_VARIABLE} if an emulator is there.`,
    );
  const port = url.port === '' ? defaultPort(url) : url.port;
  return new URL(`http://${isIPv4(address) ? address : `[${address}]`}:${port}`).origin;
};

/** The dummy credentials of emulators, with every other source of credentials disabled. */
export const emulatorVariables = (endpointUrl: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: EMULATOR_REGION,
  AWS_DEFAULT_REGION: EMULATOR_REGION,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
});

export interface ChildPlaces {
  readonly endpointUrl: string;
  readonly homeDir: string;
  readonly tempDir: string;
  readonly path: string;
}

/** The complete environment of a child process; it inherits no variable of the caller. */
export const childEnvironment = (places: ChildPlaces): Record<string, string> => ({
  ...emulatorVariables(places.endpointUrl),
  HOME: places.homeDir,
  TMPDIR: places.tempDir,
  PATH: places.path,
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CDK_DISABLE_LEGACY_EXPORT_WARNING: '1',
  // The built-in validation takes a third of a synth and knows AWS only, for which the infra tests run it.
  CDK_VALIDATION: 'false',
});

/** Complete settings for SDK clients, so that they read no configuration file or variable. */
export const clientConfig = (endpointUrl: string) => ({
  endpoint: endpointUrl,
  region: EMULATOR_REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 5,
});

/** Removes the caller's AWS settings from `environment`, so that no SDK client of this process uses them. */
export const forgetAwsSettings = (environment: NodeJS.ProcessEnv): void => {
  for (const name of Object.keys(environment))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(environment, name);
  environment['AWS_CONFIG_FILE'] = '/dev/null';
  environment['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
  environment['AWS_EC2_METADATA_DISABLED'] = 'true';
};

const stamp = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20200101/${EMULATOR_REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

export interface EmulatorRequest extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request with a dummy signature that only an emulator accepts. */
export const emulatorFetch = (url: string, service: string, init: EmulatorRequest): Promise<Response> =>
  fetch(url, { ...init, redirect: 'error', headers: { ...init.headers, authorization: stamp(service) } });

const identity = z.object({
  GetCallerIdentityResponse: z.object({ GetCallerIdentityResult: z.object({ Account: z.string() }) }),
});
const accountOf = (text: string): string | undefined => {
  const xml = /<Account>(\d+)<\/Account>/.exec(text)?.[1];
  if (xml !== undefined || !text.startsWith('{')) return xml;
  const parsed = identity.safeParse(JSON.parse(text));
  return parsed.data?.GetCallerIdentityResponse.GetCallerIdentityResult.Account;
};

/**
 * Calls GetCallerIdentity at the endpoint. Throws a Problem unless the account is an emulator's, and another error if
 * the endpoint does not answer or answers 5xx, as it does while it starts.
 */
export const verifyAccount = async (endpointUrl: string): Promise<void> => {
  const response = await emulatorFetch(`${endpointUrl}/`, 'sts', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status >= 500) throw new Error(`GetCallerIdentity answered ${response.status}`);
  const account = accountOf(await response.text());
  if (account === EMULATOR_ACCOUNT) return;
  throw new Problem(
    `${endpointUrl} reports account ${account ?? 'unknown'}, but an emulator has ${EMULATOR_ACCOUNT}. Nothing was deployed.`,
  );
};
