import type { OrgId } from '../../platform/ids/brand.domain.ts';

/** An event type of an organization. Instants are ms since 1970. */
export interface EventType {
  readonly orgId: OrgId;
  readonly name: string;
  readonly description: string;
  readonly archived: boolean;
  readonly deprecated: boolean;
  /** The schemas by version as JSON text, exactly as received; null: none. */
  readonly schemas: string | null;
  /** Application tokens need one of these flags to see it; empty: all of them see it. */
  readonly featureFlags: readonly string[];
  readonly groupName: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
