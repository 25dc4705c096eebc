import { isIP, isIPv4 } from 'node:net';
import { Problem } from '../problem.ts';

export interface AccessTask {
  /** The host name by which the stack's functions reach the receiver's machine. */
  readonly hostName: string;
  readonly managementUrl: string;
  readonly managementToken: string;
  readonly organizationId: string;
}

/** The ranges in which a container's gateway may be. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** What to allow so that the receiver is reached: its address, or all private ranges for a name that only containers know. */
export const subnetsOf = (hostName: string): readonly string[] => {
  const family = isIP(hostName);
  const opened = family === 0 ? PRIVATE : [`${hostName}/${isIPv4(hostName) ? 32 : 128}`];
  return ['127.0.0.1/32', ...opened];
};

/**
 * Sets the organization's `allowedSubnets` if the receiver is not on 127.0.0.1, which the local stage allows already:
 * functions in a container reach it under a private address. Throws a Problem if the API refuses the change.
 */
export const allowReceiver = async (task: AccessTask): Promise<void> => {
  if (task.hostName === '127.0.0.1') return;
  const response = await fetch(`${task.managementUrl}/organization/${task.organizationId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${task.managementToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ allowedSubnets: subnetsOf(task.hostName) }),
  });
  if (response.ok) return;
  throw new Problem(
    `The management API refused allowedSubnets for the receiver (${response.status}): ${await response.text()}`,
  );
};
