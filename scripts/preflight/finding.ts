import type { Account } from './account.port.ts';
import type { Plan } from './plan.ts';

/**
 * `failure`: the deployment fails, or the stage fails in use. `warning`: it works, with a limit that is easy to remove.
 * `unknown`: the check could not read what it needs.
 */
export type Status = 'ok' | 'warning' | 'failure' | 'unknown';

export interface Finding {
  readonly check: string;
  readonly status: Status;
  /** What is so, with numbers. */
  readonly found: string;
  /** One sentence: what to do; empty where nothing is to be done. */
  readonly todo: string;
}

/** What a check says; the runner adds the name of the check. */
export type Remark = Omit<Finding, 'check'>;

export const ok = (found: string): Remark => ({ status: 'ok', found, todo: '' });
export const failure = (found: string, todo: string): Remark => ({ status: 'failure', found, todo });
export const warning = (found: string, todo: string): Remark => ({ status: 'warning', found, todo });

export interface Check {
  readonly name: string;
  /** IAM actions that it needs, for the sentence when one is denied. */
  readonly needs: readonly string[];
  readonly run: (plan: Plan, account: Account) => Promise<Remark | readonly Remark[]>;
}
