import type { TestProject } from 'vitest/node';
import { emulatorKind } from '../../../scripts/local/emulator/given-emulator.ts';
import { readLocalFile } from '../../../scripts/local/local-file.ts';
import { setup as bootAndProvide } from '../global-setup.ts';

/**
 * A stack of its own; with POSTHORN_JOIN the stack of `npm start`, which saves a deployment while a spec or the page is
 * being written.
 */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  if (process.env['POSTHORN_JOIN'] === undefined) return bootAndProvide(project);
  const local = await readLocalFile();
  const { stage, jwtSecret, managementToken, receiverUrl, awsEndpointUrl, outputs } = local;
  project.provide('stack', {
    ...{ stage, jwtSecret, managementToken, awsEndpointUrl, outputs, faultsUrl: '' },
    emulator: await emulatorKind(awsEndpointUrl),
    httpServerUrl: local.httpServerUrl,
    restServerUrl: local.restServerUrl,
    receiverUrl,
    receiverHookUrl: receiverUrl,
    receiverHost: new URL(receiverUrl).hostname,
  });
  return () => Promise.resolve();
};
