import { randomUUID } from 'node:crypto';
import { partition } from '@aws-sdk/core/client';
import { HttpRequest } from '@smithy/core/protocols';
import {
  StandardRetryStrategy,
  getRetryAfterHint,
  isThrottlingError,
  isTransientError,
} from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Provider, RetryErrorInfo } from '@smithy/types';
import type { CallLimits } from '../limits/aws-calls.domain.ts';
import { withinTotal } from './call-timeouts.ts';
import type { RunningCall } from './call-timeouts.ts';
import type { AwsClient, Command, ServiceName } from './command.ts';
import { Connections } from './connections.ts';
import type { ServiceResponse } from './connections.ts';
import { ServiceError, errorOf, jsonObject } from './json-answer.ts';
import type { JsonObject } from './json-answer.ts';
import { Sha256 } from './sha256.ts';

/** A service with one of AWS's JSON protocols (Smithy, "AWS JSON 1.0 protocol", "AWS JSON 1.1 protocol"). */
export interface JsonService<Name extends ServiceName> {
  readonly name: Name;
  /** Of its host name and of its signatures. */
  readonly signingName: string;
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
  /** The suffix of AWS_ENDPOINT_URL_ for this service alone. */
  readonly variable: string;
}

export interface JsonClientOptions {
  readonly limits: CallLimits;
  /** Absent: AWS_ENDPOINT_URL_<service>, AWS_ENDPOINT_URL, or the region's endpoint. */
  readonly endpoint?: string | undefined;
  /** Absent: AWS_REGION. */
  readonly region?: Provider<string>;
  /** Absent: those of the environment, where Lambda puts a function's. */
  readonly credentials?: Provider<AwsCredentialIdentity>;
}

interface Place {
  readonly url: URL;
  readonly signer: SignatureV4;
}

/** A clock that differs by more makes the service refuse the signature. */
const LARGEST_SKEW_MS = 240_000;

/** What a header may carry, so that nothing in an environment variable becomes another header. */
const ONE_LINE = /^[\x21-\x7e]+$/;

const environmentCredentials = (): Promise<AwsCredentialIdentity> => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    return Promise.reject(new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.'));
  return Promise.resolve({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  });
};

/** Credentials that become headers as they are. Their error names no credentials, as it may be printed. */
const checked =
  (credentials: Provider<AwsCredentialIdentity>) => async (): Promise<AwsCredentialIdentity> => {
    const found = await credentials();
    const { accessKeyId, secretAccessKey, sessionToken = '' } = found;
    if (ONE_LINE.test(`${accessKeyId}${secretAccessKey}${sessionToken}`)) return found;
    throw new TypeError('The AWS credentials have characters that no credentials have.');
  };

const environmentRegion = (): Promise<string> => {
  const { AWS_REGION } = process.env;
  return AWS_REGION === undefined
    ? Promise.reject(new Error('AWS_REGION is not set.'))
    : Promise.resolve(AWS_REGION);
};

const retryType = (error: SdkError): 'THROTTLING' | 'TRANSIENT' | 'CLIENT_ERROR' => {
  if (isThrottlingError(error)) return 'THROTTLING';
  return isTransientError(error) ? 'TRANSIENT' : 'CLIENT_ERROR';
};

/** The error that the SDK's functions classify. */
type SdkError = NonNullable<RetryErrorInfo['error']>;

/** The codes with which services refuse a signature for its time. */
const CLOCK_REFUSALS = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Whatever is thrown has at most more than the SDK's functions look at. */
const isSdkError = (thrown: unknown): thrown is SdkError => thrown instanceof Error;

/** One call, under way. */
interface Call {
  readonly operation: string;
  readonly body: Buffer;
  readonly invocation: string;
  readonly running: RunningCall;
}

/**
 * Calls one AWS service with the SDK's own retry strategy and classes of errors, without its middleware, schemas and HTTP
 * client, which take most of the CPU of a call (docs/decisions/0103, 0145). The region is read once the first call is made.
 */
export class JsonClient<Name extends ServiceName> implements AwsClient<Name> {
  readonly service: JsonService<Name>;
  readonly #options: JsonClientOptions;
  readonly #connections: Connections;
  readonly #retries: StandardRetryStrategy;
  #place: Promise<Place> | undefined;
  #clockOffsetMs = 0;

  constructor(service: JsonService<Name>, options: JsonClientOptions) {
    this.service = service;
    this.#options = options;
    this.#connections = new Connections(options.limits);
    this.#retries = new StandardRetryStrategy(options.limits.attempts);
  }

  /** Throws the service's error, with its code as `name`, once the attempts are used up. */
  async send<Output>(command: Command<Name, Output>): Promise<Output> {
    try {
      return command.output(await this.call(command.operation, command.request()));
    } catch (error) {
      throw error instanceof ServiceError ? command.failure(error) : error;
    }
  }

  /** One call with its retries, as the service gets it and answers it. */
  call(operation: string, input: JsonObject): Promise<JsonObject> {
    const body = Buffer.from(JSON.stringify(input));
    return withinTotal(this.#options.limits.totalMs, (running) =>
      this.#repeat({ operation, body, invocation: randomUUID(), running }),
    );
  }

  async #repeat(call: Call): Promise<JsonObject> {
    let token = await this.#retries.acquireInitialRetryToken('');
    for (;;) {
      try {
        const answer = await this.attempt(call, token.getRetryCount() + 1);
        this.#retries.recordSuccess(token);
        return answer;
      } catch (error) {
        if (!isSdkError(error)) throw error;
        try {
          // Waits for the backoff too.
          token = await this.#retries.refreshRetryTokenForRetry(token, this.#errorInfo(error));
        } catch {
          throw error;
        }
      }
    }
  }

  #errorInfo(error: SdkError) {
    const hint = '$response' in error ? getRetryAfterHint(error.$response) : undefined;
    return { error, errorType: retryType(error), ...(hint === undefined ? {} : { retryAfterHint: hint }) };
  }

  /** One attempt of a call. */
  async attempt(call: Call, attempt: number): Promise<JsonObject> {
    const { url, signer } = await this.place();
    const head = await this.#head(call, attempt, url, signer);
    const response = await this.#connections.post(url, head, call.body, call.running);
    if (response.status < 300) return jsonObject(response.text);
    throw this.#correctClock(errorOf(response), response);
  }

  async #head(
    { operation, body, invocation }: Call,
    attempt: number,
    { host, pathname: path, protocol, hostname }: URL,
    signer: SignatureV4,
  ): Promise<Buffer> {
    const headers = {
      host,
      'content-type': `application/x-amz-json-${this.service.protocol}`,
      'content-length': String(body.length),
      'x-amz-target': `${this.service.target}.${operation}`,
      'user-agent': 'posthorn',
      'amz-sdk-invocation-id': invocation,
      'amz-sdk-request': `attempt=${attempt}; max=${this.#options.limits.attempts}`,
    };
    const request = new HttpRequest({ method: 'POST', protocol, hostname, path, headers, body });
    const signed = await signer.sign(request, { signingDate: new Date(Date.now() + this.#clockOffsetMs) });
    const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  }

  /** After a refusal for the clock, later signatures carry the service's time, and this call may be repeated. */
  #correctClock(error: ServiceError, { fields }: ServiceResponse): Error {
    const theirs = Date.parse(fields.get('date') ?? '');
    if (!CLOCK_REFUSALS.has(error.name) || Number.isNaN(theirs)) return error;
    const offset = theirs - Date.now();
    if (Math.abs(offset - this.#clockOffsetMs) < LARGEST_SKEW_MS) return error;
    this.#clockOffsetMs = offset;
    return Object.assign(error, { $retryable: {} });
  }

  /** Where calls go, and what signs them. */
  place(): Promise<Place> {
    this.#place ??= this.#resolvePlace().catch((error: unknown) => {
      this.#place = undefined;
      throw error;
    });
    return this.#place;
  }

  async #resolvePlace(): Promise<Place> {
    const region = await (this.#options.region ?? environmentRegion)();
    const { signingName, variable } = this.service;
    const endpoint =
      this.#options.endpoint ??
      process.env[`AWS_ENDPOINT_URL_${variable}`] ??
      process.env['AWS_ENDPOINT_URL'] ??
      `https://${signingName}.${region}.${partition(region).dnsSuffix}`;
    const credentials = checked(this.#options.credentials ?? environmentCredentials);
    const signer = new SignatureV4({ service: signingName, region, credentials, sha256: Sha256 });
    return { url: new URL(endpoint), signer };
  }
}
