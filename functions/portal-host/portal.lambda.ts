import { onColdStart } from '../platform/lambda/cold-start.ts';
import { portalEnv } from '../platform/lambda/env.ts';
import { lambdaHandler } from '../platform/lambda/handler.ts';
import { logger } from '../platform/lambda/logger.ts';
import { embeddedFiles } from './page-file.ts';
import { gatewayResultFrom, pageRequestFrom } from './page-request.ts';
import type { GatewayEvent, GatewayResult } from './page-request.ts';
import { makeServePage } from './serve-page.ts';

const servePage = onColdStart(() => {
  const { PORTAL_CONFIG: config, PORTAL_HEADERS: headers } = portalEnv.parse(process.env);
  return makeServePage({ files: embeddedFiles(process.env['PORTAL_FILES'] ?? '[]'), headers, config });
});

/** Serves the portal's page beside the API, on stages without CloudFront. */
export const handler = lambdaHandler<GatewayEvent, GatewayResult>(async (event: GatewayEvent) => {
  const serve = await servePage();
  const response = serve(pageRequestFrom(event));
  logger.debug('page served', { status: response.status });
  return gatewayResultFrom(response);
});
