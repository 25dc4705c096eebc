import { Problem } from '../problem.ts';

export interface AccessTask {
  /** How the stack's functions reach the receiver's machine. */
  readonly hostName: string;
  readonly managementUrl: string;
  readonly managementToken: string;
  readonly organizationId: string;
}

/** Where a container's gateway may be. */
const PRIVATE = ['127.0.0.1/32', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * The local stage lets organizations reach 127.0.0.1. Where functions run in a container, the receiver's machine has a
 * private address instead, which the organization has to open for itself. Throws a Problem when that is refused.
 */
export const allowReceiver = async (task: AccessTask): Promise<void> => {
  if (task.hostName === '127.0.0.1') return;
  const response = await fetch(`${task.managementUrl}/organization/${task.organizationId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${task.managementToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ allowedSubnets: PRIVATE }),
  });
  if (response.ok) return;
  throw new Problem(
    `Opening the private ranges for the receiver was refused (${response.status}): ${await response.text()}`,
  );
};
