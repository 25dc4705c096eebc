import { createRequire } from 'node:module';
import { makeSender } from '../../../functions/deliver/http-client/send.ts';
import { signatureHeaders } from '../../../functions/deliver/signing/sign.ts';

/** What the process of the comparison is asked to do. It answers with the CPU (ms) that the work took. */
export type Work =
  | { readonly kind: 'deliver'; readonly events: readonly object[] }
  | {
      readonly kind: 'post' | 'fetch';
      readonly posts: number;
      readonly atOnce: number;
      readonly url: string;
    };

type Handler = (event: object, context: object) => Promise<unknown>;

const [bundle = ''] = process.argv.slice(2);
const { handler } = createRequire(bundle)(bundle) as { handler: Handler };

const LOOPBACK = ['127.0.0.0/8'];
const sender = makeSender({ stageSubnets: LOOPBACK });
const body = Buffer.from(JSON.stringify({ data: 'x'.repeat(990) }));
const key = { kind: 'hmac256', key: Buffer.alloc(24, 7) } as const;

const deliver = async (events: readonly object[]): Promise<void> => {
  for (const event of events) {
    const context = {
      awsRequestId: 'bench',
      functionName: 'deliver',
      getRemainingTimeInMillis: () => 60_000,
    };
    const answer = (await handler(event, context)) as { batchItemFailures: unknown[] };
    if (answer.batchItemFailures.length > 0) throw new Error('a delivery failed');
  }
};

/** Sends one signed POST; its answer's body is read. */
type Post = (
  url: string,
  signed: ReturnType<typeof signatureHeaders>,
) => Promise<{ readonly status: number | null }>;

const POSTS: Readonly<Record<'post' | 'fetch', Post>> = {
  post: (url, signed) =>
    sender.send({ url, signed, custom: [], body, timeoutMs: 15_000, allowedSubnets: LOOPBACK }),
  fetch: async (url, signed) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...Object.fromEntries(signed) },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    await answer.arrayBuffer();
    return answer;
  },
};

const postOnce = async (post: Post, url: string, id: string): Promise<void> => {
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const signed = signatureHeaders({ prefix: 'svix', messageId: id, timestampSeconds, body, keys: [key] });
  const { status } = await post(url, signed);
  if (status !== 200) throw new Error(`the sink answered ${status}`);
};

const post = async ({ kind, posts, atOnce, url }: Exclude<Work, { kind: 'deliver' }>): Promise<void> => {
  for (let index = 0; index < posts; index += atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, (_, more) => postOnce(POSTS[kind], url, `msg_${index + more}`)),
    );
};

const cpuMsOf = async (work: Work): Promise<number> => {
  const before = process.cpuUsage();
  await (work.kind === 'deliver' ? deliver(work.events) : post(work));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

process.on('message', (work: Work) => {
  cpuMsOf(work).then(
    (cpuMs) => process.send?.({ cpuMs }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
