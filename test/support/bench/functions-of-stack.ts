import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { inject } from 'vitest';
import { eventually } from '../poll.ts';

const client = () =>
  new LambdaClient({
    endpoint: inject('stack').awsEndpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

const fullName = (name: string): string => `posthorn-${inject('stack').stage}-${name}`;

/** Stops or starts the event sources of functions, so that a full batch waits for each. */
export const feed = async (names: readonly string[], enabled: boolean): Promise<void> => {
  const lambda = client();
  for (const name of names) {
    const FunctionName = fullName(name);
    const mappings = async () =>
      (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))).EventSourceMappings ?? [];
    for (const { UUID } of await mappings())
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled }));
    await eventually(mappings, (all) =>
      all.every(({ State }) => State === (enabled ? 'Enabled' : 'Disabled')),
    );
  }
};

/** Runs a function once, as its schedule would. */
export const invoke = async (name: string): Promise<void> => {
  const FunctionName = fullName(name);
  await client().send(new InvokeCommand({ FunctionName, Payload: new TextEncoder().encode('{}') }));
};

/** Whether the emulator's stack has the function: some are about what only AWS has. */
export const isDeployed = async (name: string): Promise<boolean> => {
  const FunctionName = fullName(name);
  try {
    await client().send(new GetFunctionConfigurationCommand({ FunctionName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

/** The environment variables of a function. */
export const environmentOf = async (name: string): Promise<Readonly<Record<string, string>>> => {
  const FunctionName = fullName(name);
  const { Environment } = await client().send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Environment?.Variables ?? {};
};
