import { ConfigError, loadStage } from '../../lib/config.ts';
import type { StageConfig } from '../../lib/config.ts';
import { describeError, explain, Problem } from '../local/problem.ts';
import type { Account } from './account.port.ts';
import { certificate, roles, target } from './checks/account.ts';
import { alarmTarget } from './checks/alarms.ts';
import { accessLogPolicy, apiThrottle } from './checks/api.ts';
import { bootstrap } from './checks/bootstrap.ts';
import { concurrency } from './checks/concurrency.ts';
import { runtime } from './checks/runtime.ts';
import { names, stacks } from './checks/stacks.ts';
import type { Check, Finding } from './finding.ts';
import { planOf } from './plan.ts';
import type { Plan } from './plan.ts';

const CHECKS: readonly Check[] = [
  ...[concurrency, apiThrottle, bootstrap, runtime, stacks, names, alarmTarget, accessLogPolicy, roles],
  certificate,
];

const isDenied = (error: unknown): boolean =>
  error instanceof Error && /AccessDenied|Unauthorized|Forbidden|AuthorizationError|^403$/.test(error.name);

const unknown = ({ name, needs }: Check, error: unknown): Finding => ({
  check: name,
  status: 'unknown',
  found: explain(error),
  todo: isDenied(error)
    ? `Allow ${needs.join(', ')} (docs/operator-permissions.md), or check it by hand.`
    : 'Run preflight again; if it fails again, check it by hand.',
});

/** Runs checks; one that cannot read what it needs is unknown and stops no other. */
export const runChecks = async (
  checks: readonly Check[],
  plan: Plan,
  account: Account,
): Promise<readonly Finding[]> => {
  const findings = checks.map(async (check): Promise<readonly Finding[]> => {
    try {
      const remarks = [await check.run(plan, account)].flat();
      return remarks.map((remark) => ({ check: check.name, ...remark }));
    } catch (error) {
      return [unknown(check, error)];
    }
  });
  return (await Promise.all(findings)).flat();
};

/** All checks of a stage in the account of the credentials. Throws a Problem without credentials. */
export const preflight = async (
  stage: StageConfig,
  region: string,
  account: Account,
): Promise<readonly Finding[]> => {
  const { account: id } = await account.identity().catch((error: unknown) => {
    throw new Problem(
      `No AWS credentials that work: ${describeError(error)}. Sign in (aws sso login) or set AWS_PROFILE.`,
    );
  });
  const plan = planOf(stage, id, region);
  return runChecks([target(stage.name, stage), ...CHECKS], plan, account);
};

/** A stage of stages/ that is for AWS. Throws a Problem if there is none of this name, or its file has mistakes. */
export const stageToCheck = (name: string, stages: URL): StageConfig => {
  try {
    const stage = loadStage({ stage: name }, stages);
    if (stage.target === 'aws') return stage;
  } catch (error) {
    if (error instanceof ConfigError) throw new Problem(error.message);
    throw error;
  }
  throw new Problem(`Stage "${name}" is for emulators; preflight checks stages whose target is "aws".`);
};
