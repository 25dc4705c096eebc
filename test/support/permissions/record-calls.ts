import { tapCalls } from '../tap-calls.ts';
import { accessRequests } from './iam-actions.ts';

/** A right that a function used: its own name for the resource, which is the environment variable that holds it. */
export interface RecordedCall {
  readonly function: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions?: Readonly<Record<string, string>>;
}

/** The variable that holds a value: `CATALOG_TABLE`, `PAYLOADS_BUCKET/payloads/*`. */
export const variableOf = (
  environment: Readonly<Record<string, string | undefined>>,
  resource: string,
): string => {
  for (const [name, value] of Object.entries(environment)) {
    if (!/_(TABLE|BUCKET|QUEUE_URL|SECRET_ARN|BUS_NAME)$/.test(name) || value === undefined) continue;
    if (resource === value || resource.startsWith(`${value}/`)) return name + resource.slice(value.length);
  }
  return `unbound: ${resource}`;
};

/** A permission that could not be posted in this time is posted at its next use; the function goes on. */
const POST_LIMIT_MS = 2_000;

/** In bundles for the suite alone (lib/building-blocks/function-code.ts): posts used permissions to the fault server, once each. */
export const recordCalls = (): void => {
  const { FAULTS_URL, POWERTOOLS_SERVICE_NAME = 'unknown' } = process.env;
  if (FAULTS_URL === undefined) return;
  const posted = new Set<string>();
  tapCalls(async ({ service, operation, input }, make) => {
    for (const { resource, ...rest } of accessRequests(service, operation, input)) {
      const call: RecordedCall = {
        function: POWERTOOLS_SERVICE_NAME,
        ...rest,
        resource: variableOf(process.env, resource),
      };
      const body = JSON.stringify(call);
      if (posted.has(body)) continue;
      posted.add(body);
      await fetch(new URL('/call', FAULTS_URL), {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(POST_LIMIT_MS),
      }).catch(() => posted.delete(body));
    }
    return make();
  });
};
