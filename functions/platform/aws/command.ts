import type { JsonObject, ServiceError } from './json-answer.ts';

/** As the SDK and the bills name them. */
export type ServiceName = 'DynamoDB' | 'SQS' | 'EventBridge' | 'Secrets Manager';

/** One operation of a service with its input, and how it is written to and read from JSON. */
export interface Command<Service extends ServiceName, Output> {
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  /** The input as the service gets it. */
  request(): JsonObject;
  /** The service's answer as the caller gets it. */
  output(answer: JsonObject): Output;
  /** The service's error as the caller gets it. */
  failure(error: ServiceError): Error;
}

/** A command whose input and output are plain JSON. */
export class PlainCommand<Service extends ServiceName, Input extends object, Output> implements Command<
  Service,
  Output
> {
  readonly service: Service;
  readonly operation: string;
  readonly input: Input;

  constructor(service: Service, operation: string, input: Input) {
    this.service = service;
    this.operation = operation;
    this.input = input;
  }

  request(): JsonObject {
    return Object.fromEntries<unknown>(Object.entries(this.input));
  }

  output(answer: JsonObject): Output {
    if (this.#hasOutput(answer)) return answer;
    throw new TypeError(`${this.service} answered ${this.operation} with no object.`);
  }

  failure(error: ServiceError): Error {
    return error;
  }

  /** Services answer in the shapes of their API models, as the types of the SDK describe them. */
  #hasOutput(answer: unknown): answer is Output {
    return typeof answer === 'object' && answer !== null;
  }
}

/** What calls the operations of one service: `JsonClient`, or what replaces it in tests. */
export interface AwsClient<Service extends ServiceName> {
  send<Output>(command: Command<Service, Output>): Promise<Output>;
}

export type DynamoClient = AwsClient<'DynamoDB'>;
export type SqsClient = AwsClient<'SQS'>;
export type EventBridgeClient = AwsClient<'EventBridge'>;
export type SecretsManagerClient = AwsClient<'Secrets Manager'>;
