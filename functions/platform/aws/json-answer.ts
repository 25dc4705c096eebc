import { Readable } from 'node:stream';
import { loadJsonRpcErrorCode } from '@smithy/core/protocols';
import type { HttpResponse } from '@smithy/core/protocols';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The most that a service answers: DynamoDB's BatchGetItem, in JSON. */
const MOST_BYTES = 64 * 1_048_576;

const isReadable = (body: unknown): body is Readable => body instanceof Readable;

/** The text of a response's body. Rejects where it is cut off or too long. */
export const bodyOf = ({ body }: HttpResponse): Promise<string> =>
  new Promise((resolve, reject) => {
    if (!isReadable(body)) {
      reject(new TypeError('A response of an AWS service has no body that can be read.'));
      return;
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    body.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) body.destroy(new Error(`An answer has more than ${MOST_BYTES} bytes.`));
      else chunks.push(chunk);
    });
    body.once('end', () => resolve(Buffer.concat(chunks).toString()));
    body.once('error', reject);
  });

/** The error that a service answered; `name` is its code. */
export class ServiceError extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };
  /** Private, so that no log line prints connections and stored items. */
  readonly #response: HttpResponse;
  readonly #answer: JsonObject;

  constructor(response: HttpResponse, answer: JsonObject) {
    const message = answer['message'] ?? answer['Message'];
    super(typeof message === 'string' ? message : `HTTP status ${response.statusCode}`);
    this.name = loadJsonRpcErrorCode(response, answer) ?? 'UnknownError';
    this.$metadata = {
      httpStatusCode: response.statusCode,
      requestId: response.headers['x-amzn-requestid'],
    };
    this.#response = response;
    this.#answer = answer;
  }

  get $response(): HttpResponse {
    return this.#response;
  }

  /** The body of the answer. */
  get answer(): JsonObject {
    return this.#answer;
  }
}

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const jsonObject = (text: string): JsonObject => {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (isJsonObject(value)) return value;
  throw new TypeError('An AWS service answered JSON that is no object.');
};

/** Load balancers in front of a service may answer without JSON. */
export const errorOf = (response: HttpResponse, text: string): ServiceError => {
  try {
    return new ServiceError(response, jsonObject(text));
  } catch {
    return new ServiceError(response, {});
  }
};
