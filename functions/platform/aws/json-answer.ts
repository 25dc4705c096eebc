import { HttpResponse, loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { isFields } from '../json-values.domain.ts';
import type { Fields } from '../json-values.domain.ts';
import type { ServiceResponse } from './connections.ts';

export type JsonObject = Fields;

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

export const jsonObject = (text: string): JsonObject => {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (isFields(value)) return value;
  throw new TypeError('An AWS service answered JSON that is no object.');
};

/** Load balancers in front of a service may answer without JSON. */
export const errorOf = ({ status, fields, text }: ServiceResponse): ServiceError => {
  const response = new HttpResponse({ statusCode: status, headers: Object.fromEntries(fields), body: text });
  try {
    return new ServiceError(response, jsonObject(text));
  } catch {
    return new ServiceError(response, {});
  }
};
