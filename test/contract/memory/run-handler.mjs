import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Invokes a bundled handler as Lambda would, a few times in one process; prints its peak of resident memory. */
const [bundle, eventFile, times] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(bundle);
const event = JSON.parse(readFileSync(eventFile, 'utf8'));

const invoke = () => {
  const end = Date.now() + 1_200_000;
  return handler(structuredClone(event), {
    awsRequestId: 'request',
    functionName: 'function',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
    getRemainingTimeInMillis: () => end - Date.now(),
  });
};

let result;
for (let time = 0; time < Number(times); time += 1) result = await invoke();
const { statusCode, batchItemFailures, body } = result ?? {};
const size = body === undefined ? undefined : Buffer.byteLength(JSON.stringify(result));
process.stdout.write(
  `\n@@${JSON.stringify({ maxRssKb: process.resourceUsage().maxRSS, statusCode, batchItemFailures, size })}`,
);
process.exit(0);
