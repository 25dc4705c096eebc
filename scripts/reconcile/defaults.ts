import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { OrganizationSettings } from '../../functions/catalog/settings/settings.domain.ts';
import {
  organizationDefaults,
  stageSettings,
} from '../../functions/platform/settings/organization-settings.ts';
import type { Stage } from '../dlq/stage.ts';

/** The settings of organizations that changed none, read from the environment of a deployed function. */
export const settingsDefaults = async ({ lambda, name }: Stage): Promise<OrganizationSettings> => {
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `posthorn-${name}-fan-out` }),
  );
  const text = Environment?.Variables?.['STAGE_SETTINGS'] ?? '';
  return organizationDefaults(stageSettings.parse(JSON.parse(text)));
};
