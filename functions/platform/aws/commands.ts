import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type {
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import type {
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
} from '@aws-sdk/client-sqs';
import { PlainCommand } from './command.ts';

type Answered<Output> = Omit<Output, '$metadata'>;

export class SendMessageBatchCommand extends PlainCommand<
  'SQS',
  SendMessageBatchCommandInput,
  Answered<SendMessageBatchCommandOutput>
> {
  constructor(input: SendMessageBatchCommandInput) {
    super('SQS', 'SendMessageBatch', input);
  }
}

export class GetQueueAttributesCommand extends PlainCommand<
  'SQS',
  GetQueueAttributesCommandInput,
  Answered<GetQueueAttributesCommandOutput>
> {
  constructor(input: GetQueueAttributesCommandInput) {
    super('SQS', 'GetQueueAttributes', input);
  }
}

export class PutEventsCommand extends PlainCommand<
  'EventBridge',
  PutEventsCommandInput,
  Answered<PutEventsCommandOutput>
> {
  constructor(input: PutEventsCommandInput) {
    super('EventBridge', 'PutEvents', input);
  }
}

export class GetSecretValueCommand extends PlainCommand<
  'Secrets Manager',
  GetSecretValueCommandInput,
  Answered<GetSecretValueCommandOutput>
> {
  constructor(input: GetSecretValueCommandInput) {
    super('Secrets Manager', 'GetSecretValue', input);
  }
}
