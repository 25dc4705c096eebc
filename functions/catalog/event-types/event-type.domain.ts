import type { OrgId } from '../../platform/ids/brand.domain.ts';

/** A kind of event that an organization sends. Instants are ms since 1970. */
export interface EventType {
  readonly orgId: OrgId;
  readonly name: string;
  readonly description: string;
  readonly archived: boolean;
  readonly deprecated: boolean;
  /** The schemas by version as JSON text, exactly as received; null: none. */
  readonly schemas: string | null;
  readonly featureFlag: string | null;
  readonly groupName: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
