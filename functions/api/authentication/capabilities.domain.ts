/** What a portal token may do beside reading, by the names that the official clients know. */
export const CAPABILITIES = [
  'ViewBase',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
  'ManageTransformations',
  'CreateAttempts',
  'ManageEndpoint',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** Some capabilities contain others: whoever manages an endpoint manages its secret, and sees it. */
const CONTAINED_IN: Readonly<Record<Capability, readonly Capability[]>> = {
  ViewBase: CAPABILITIES,
  ViewEndpointSecret: ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
  ManageEndpointSecret: ['ManageEndpointSecret', 'ManageEndpoint'],
  ManageTransformations: ['ManageTransformations'],
  CreateAttempts: ['CreateAttempts'],
  ManageEndpoint: ['ManageEndpoint'],
};

/** `granted` null: a token without restrictions. */
export const permits = (granted: ReadonlySet<Capability> | null, needed: Capability): boolean =>
  granted === null || CONTAINED_IN[needed].some((capability) => granted.has(capability));

interface Asked {
  readonly readOnly?: boolean | null | undefined;
  readonly capabilities?: readonly Capability[] | null | undefined;
}

/** The capabilities of a new token; null: all of them. Reading is always part of it, and all of a read-only one. */
export const grantedBy = ({ readOnly, capabilities }: Asked): readonly Capability[] | null => {
  if (readOnly === true) return ['ViewBase'];
  if (capabilities === undefined || capabilities === null) return null;
  return CAPABILITIES.filter((each) => each === 'ViewBase' || capabilities.includes(each));
};
