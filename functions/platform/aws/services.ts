import type { JsonService } from './json-client.ts';

/** The services that `JsonClient` calls, as their API models describe them. */

export const DYNAMODB: JsonService<'DynamoDB'> = {
  name: 'DynamoDB',
  signingName: 'dynamodb',
  target: 'DynamoDB_20120810',
  protocol: '1.0',
  variable: 'DYNAMODB',
};

export const SQS: JsonService<'SQS'> = {
  name: 'SQS',
  signingName: 'sqs',
  target: 'AmazonSQS',
  protocol: '1.0',
  variable: 'SQS',
};

export const EVENT_BRIDGE: JsonService<'EventBridge'> = {
  name: 'EventBridge',
  signingName: 'events',
  target: 'AWSEvents',
  protocol: '1.1',
  variable: 'EVENTBRIDGE',
};

export const SECRETS_MANAGER: JsonService<'Secrets Manager'> = {
  name: 'Secrets Manager',
  signingName: 'secretsmanager',
  target: 'secretsmanager',
  protocol: '1.1',
  variable: 'SECRETS_MANAGER',
};
