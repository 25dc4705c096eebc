import type { Outbound } from './http-client/outbound.port.ts';
import { makeSender } from './http-client/send.ts';

/** The port to endpoints, of deliveries and test attempts: HTTP alone. Another kind of destination is chosen here, by its URL. */
export const wireOutbound = (stageSubnets: readonly string[]): Outbound => makeSender({ stageSubnets });
