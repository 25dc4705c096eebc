import { Problem } from '../problem.ts';

export interface AccessTask {
  /** The host name by which the stack's functions reach the receiver's machine. */
  readonly hostName: string;
  readonly managementUrl: string;
  readonly managementToken: string;
  readonly organizationId: string;
}

/** The ranges in which a container's gateway may be. */
const PRIVATE = ['127.0.0.1/32', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * Adds private ranges to the organization's `allowedSubnets` if functions run in a container, where the receiver has a
 * private address; 127.0.0.1 is allowed by the local stage already. Throws a Problem if the API refuses the change.
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
    `The management API refused allowedSubnets for the receiver (${response.status}): ${await response.text()}`,
  );
};
