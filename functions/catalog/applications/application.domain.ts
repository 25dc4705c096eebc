import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';

/** An application: one customer of the organization, and the unit of tenancy below it. Instants are ms since 1970. */
export interface Application {
  readonly orgId: OrgId;
  readonly id: AppId;
  readonly uid: string | null;
  readonly name: string;
  readonly throttleRate: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}
