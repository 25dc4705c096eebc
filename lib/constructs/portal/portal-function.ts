import { Construct } from 'constructs';
import type { PortalEnv } from '../../../functions/platform/lambda/env.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';
import { plainValue } from '../../building-blocks/binding.ts';
import { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { StageConfig } from '../../config.ts';
import { pageConfig, pageHeaders } from './page-headers.ts';

/** Serves the portal below /portal of the API, for emulators, stages with only a REST API, and private ones. */
export class PortalFunction extends Construct {
  readonly portal: ServiceFunction<PortalEnv>;

  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    this.portal = new ServiceFunction<PortalEnv>(this, 'Portal', {
      config,
      entry: 'portal',
      description: 'Serves the page of the portal',
      memory: FUNCTION_MEMORY_MB.portal,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.api,
      bindings: {
        PORTAL_CONFIG: plainValue('PORTAL_CONFIG', pageConfig(config.portal)),
        PORTAL_HEADERS: plainValue('PORTAL_HEADERS', JSON.stringify(pageHeaders(config.portal))),
      },
    });
  }
}
