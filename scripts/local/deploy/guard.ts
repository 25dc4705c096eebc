import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { Problem } from '../problem.ts';

/**
 * These scripts deploy with `--all` and without confirmation, so they must never reach a real account: the endpoint is
 * on loopback or listed by name, the credentials are dummies, the account must be the emulator's, and nothing of the
 * caller's AWS configuration is passed on.
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
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return refused(`"${endpoint}" is not an http(s) URL`);
  if (url.username !== '' || url.password !== '') return refused('the URL contains credentials');
  if (url.pathname !== '/' || url.search !== '') return refused('the URL has a path or a query');
  if (AWS_DOMAINS.test(url.hostname)) return refused(`${url.hostname} belongs to AWS`);
  if (isLoopback(url.hostname) || listed.includes(url.hostname) || listed.includes(url.host)) {
    return { kind: 'allowed', url: pinned(url) };
  }
  return refused(`${url.hostname} is neither a loopback address nor listed in ${HOSTS_VARIABLE}`);
};

/** The endpoint's origin. Throws a Problem if the endpoint is refused. */
export const requireEmulator = (endpoint: string, listed: readonly string[]): string => {
  const check = checkEndpoint(endpoint, listed);
  if (check.kind === 'allowed') return check.url;
  throw new Problem(
    `AWS_ENDPOINT_URL is refused: ${check.reason}. These scripts deploy only to emulators; to deploy to AWS, use the CDK CLI (README, "Deploy to AWS").`,
  );
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

/** Calls GetCallerIdentity at the endpoint. Throws a Problem unless the account is an emulator's. */
export const verifyAccount = async (endpointUrl: string): Promise<void> => {
  const response = await emulatorFetch(`${endpointUrl}/`, 'sts', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    signal: AbortSignal.timeout(10_000),
  });
  const account = accountOf(await response.text());
  if (account === EMULATOR_ACCOUNT) return;
  throw new Problem(
    `${endpointUrl} reports account ${account ?? 'unknown'}, but an emulator has ${EMULATOR_ACCOUNT}. Nothing was deployed.`,
  );
};
