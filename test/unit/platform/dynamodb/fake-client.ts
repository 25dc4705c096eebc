import type { DynamoClient } from '../../../../functions/platform/aws/command.ts';

interface Input {
  readonly ClientRequestToken?: string;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
}

interface Sent {
  readonly operation: string;
  readonly input: Input;
}

/** A DynamoDB client that answers call n with entry n of the script and repeats the last entry; errors are thrown. */
export const fakeClient = (script: readonly (object | Error)[]) => {
  const sent: Sent[] = [];
  const send = ({ operation, input }: Sent) => {
    const answer = script[Math.min(sent.length, script.length - 1)];
    sent.push({ operation, input });
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { client: { send } as unknown as DynamoClient, sent };
};

/** A pause that returns at once and records the requested milliseconds. */
export const fakePause = (random = 0.999) => {
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { random: () => random, sleep, waits };
};
