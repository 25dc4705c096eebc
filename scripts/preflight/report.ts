import type { Finding, Status } from './finding.ts';

const SIGNS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warning: 'warning',
  failure: 'FAILURE',
  unknown: 'unknown',
};

/** One line for each finding, and below it what to do. */
export const textReport = (stage: string, findings: readonly Finding[]): string => {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, found, todo }) => [
    `${SIGNS[status].padEnd(7)}  ${check.padEnd(width)}  ${found}`,
    ...(todo === '' ? [] : [`${' '.repeat(width + 11)}${todo}`]),
  ]);
  return [...lines, '', summary(stage, findings)].join('\n');
};

const summary = (stage: string, findings: readonly Finding[]): string => {
  const count = (status: Status) => findings.filter((one) => one.status === status).length;
  const [failures, unknowns, warnings] = [count('failure'), count('unknown'), count('warning')];
  if (failures > 0)
    return `Stage ${stage} cannot be deployed as it is: ${failures} failures, ${warnings} warnings, ${unknowns} unknown.`;
  if (unknowns > 0)
    return `Nothing known stops a deployment of stage ${stage}; ${unknowns} checks could not be made, ${warnings} warnings.`;
  return `Stage ${stage} can be deployed; ${warnings} warnings.`;
};

export const jsonReport = (stage: string, findings: readonly Finding[]): string =>
  JSON.stringify({ stage, exitCode: exitCodeOf(findings), findings }, null, 2);

/** 0: nothing stops a deployment; 1: something does; 2: nothing known does, and a check could not be made. */
export const exitCodeOf = (findings: readonly Finding[]): number => {
  if (findings.some(({ status }) => status === 'failure')) return 1;
  return findings.some(({ status }) => status === 'unknown') ? 2 : 0;
};
