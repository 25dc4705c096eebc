import { PlainCommand } from '../../functions/platform/aws/command.ts';
import type { ServiceName } from '../../functions/platform/aws/command.ts';
import type { JsonClient } from '../../functions/platform/aws/json-client.ts';

type Client = JsonClient<ServiceName>;

/** An operation that functions do not use, with the SDK's types of its input and output. */
export const raw = <Input extends object, Output>(service: ServiceName, operation: string, input: Input) =>
  new PlainCommand<any, Input, Output>(service, operation, input);

/** Runs `around` in place of each call that the client makes from now on; `make` makes it. */
export const aroundCalls = (
  client: object,
  around: (
    operation: string,
    make: () => ReturnType<Client['call']>,
    input: object,
  ) => ReturnType<Client['call']>,
): void => {
  const one = client as Client;
  const call = one.call.bind(one);
  one.call = (operation, input) => around(operation, () => call(operation, input), input);
};
