import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { EventTypeFields } from './event-type-fields.ts';

/** An event type of an organization. Instants are ms since 1970. */
export interface EventType extends EventTypeFields {
  readonly orgId: OrgId;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}
