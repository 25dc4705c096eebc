/** The middleware of one kind of command, from the outermost to the request. */
type Chain = (args: { readonly input: object }) => Promise<{ readonly output: object }>;

interface Stack {
  add(
    middleware: (next: Chain) => Chain,
    options: { readonly step: 'initialize'; readonly priority: 'high'; readonly name: string },
  ): void;
  remove(name: string): boolean;
}

interface Client {
  readonly send: (...args: never[]) => unknown;
  readonly middlewareStack: object;
}

interface Command {
  readonly input: object;
}

/** The stack of a client, whatever its commands: the SDK types it differently for each service. */
const stackOf = ({ middlewareStack }: Client): Stack => {
  const call = (name: keyof Stack, args: readonly unknown[]): unknown => {
    const method: unknown = Reflect.get(middlewareStack, name);
    if (typeof method !== 'function') throw new Error(`the middleware stack of the SDK has no ${name}()`);
    return Reflect.apply(method, middlewareStack, args);
  };
  return {
    add: (middleware, options) => void call('add', [middleware, options]),
    remove: (name) => call('remove', [name]) === true,
  };
};

/** Calls `then` before each middleware that is added from now on. */
const beforeAdding = ({ middlewareStack }: Client, then: () => void): void => {
  for (const name of ['add', 'addRelativeTo']) {
    const add: unknown = Reflect.get(middlewareStack, name);
    if (typeof add !== 'function') continue;
    const value = (...args: unknown[]): unknown => {
      then();
      return Reflect.apply(add, middlewareStack, args);
    };
    Object.defineProperty(middlewareStack, name, { value });
  }
};

/**
 * Builds the middleware of each kind of command once, where the SDK builds it for each call (docs/performance.md). The
 * SDK's own option (`cacheMiddleware`) does not work with document clients, whose cached middleware repeats the first
 * command. Calls take no options. Also removes the middleware that prepares log entries, which nothing writes.
 */
export const reuseMiddleware = <Reusing extends Client>(client: Reusing): Reusing => {
  const chains = new Map<unknown, Chain>();
  const { send } = client;
  const stack = stackOf(client);
  let built: Chain | undefined;
  stack.remove('loggerMiddleware');
  stack.add(
    (next) => {
      built = next;
      return next;
    },
    { step: 'initialize', priority: 'high', name: 'reuseMiddleware' },
  );
  beforeAdding(client, () => chains.clear());
  const reusing = async (command: Command): Promise<unknown> => {
    const chain = chains.get(command.constructor);
    if (chain !== undefined) return (await chain({ input: command.input })).output;
    const output: unknown = Reflect.apply(send, client, [command]);
    if (built !== undefined) chains.set(command.constructor, built);
    return output;
  };
  Object.defineProperty(client, 'send', { value: reusing, configurable: true });
  return client;
};
