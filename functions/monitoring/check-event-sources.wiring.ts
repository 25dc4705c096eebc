import { GetEventSourceMappingCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { makeLambda } from '../platform/aws/lambda.ts';
import { checkEventSourcesEnv } from '../platform/lambda/env.ts';
import { makeCheckEventSources } from './check-event-sources.flow.ts';
import type { EventSource } from './event-source.domain.ts';

const readEventSource =
  (client: Pick<LambdaClient, 'send'>) =>
  async (id: string): Promise<EventSource | null> => {
    try {
      const { State = '', LastProcessingResult = '' } = await client.send(
        new GetEventSourceMappingCommand({ UUID: id }),
      );
      return { id, state: State, lastResult: LastProcessingResult };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  };

export const wireCheckEventSources = () => {
  const { EVENT_SOURCE_IDS: ids } = checkEventSourcesEnv.parse(process.env);
  return makeCheckEventSources({ ids, read: readEventSource(makeLambda()) });
};
