import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { ApplicationFields } from './application-fields.ts';

/** An application: one customer of the organization, and the unit of tenancy below it. Instants are ms since 1970. */
export interface Application extends ApplicationFields {
  readonly orgId: OrgId;
  readonly id: AppId;
  readonly createdAt: number;
  readonly updatedAt: number;
}
