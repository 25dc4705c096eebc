import { STSClient } from '@aws-sdk/client-sts';
import { Problem } from '../local/problem.ts';
import { runProgram } from '../local/run-command.ts';
import { makeAccount } from './account.aws.ts';
import { parsePreflightOptions } from './options.ts';
import { preflight, stageToCheck } from './preflight.ts';
import { exitCodeOf, jsonReport, textReport } from './report.ts';

const STAGES = new URL('../../stages/', import.meta.url);

/** The region of the stage, or else that of the credentials. */
const regionOf = async (region: string | undefined): Promise<string> => {
  try {
    return region ?? (await new STSClient().config.region());
  } catch {
    throw new Problem('No region: set "region" in the stage file, or AWS_REGION.');
  }
};

/** `npm run preflight`: checks an AWS account before a deployment. Read-only. */
await runProgram(async () => {
  const options = parsePreflightOptions(process.argv.slice(2));
  const stage = stageToCheck(options.stage, STAGES);
  const region = await regionOf(stage.region);
  const findings = await preflight(stage, region, makeAccount({ region }));
  const report = options.json ? jsonReport : textReport;
  process.stdout.write(`${report(options.stage, findings)}\n`);
  return exitCodeOf(findings);
}, 2);
