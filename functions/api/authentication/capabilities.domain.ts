/** The capabilities of portal tokens, as the official clients name them. */
export const CAPABILITIES = [
  'ViewBase',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
  'ManageTransformations',
  'CreateAttempts',
  'ManageEndpoint',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** The capabilities that include each one: ManageEndpoint includes managing and viewing the secret, for example. */
const CONTAINED_IN: Readonly<Record<Capability, readonly Capability[]>> = {
  ViewBase: CAPABILITIES,
  ViewEndpointSecret: ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
  ManageEndpointSecret: ['ManageEndpointSecret', 'ManageEndpoint'],
  ManageTransformations: ['ManageTransformations'],
  CreateAttempts: ['CreateAttempts'],
  ManageEndpoint: ['ManageEndpoint'],
};

/** Whether the granted capabilities include the needed one. `granted` null: a token without restrictions. */
export const permits = (granted: ReadonlySet<Capability> | null, needed: Capability): boolean =>
  granted === null || CONTAINED_IN[needed].some((capability) => granted.has(capability));

interface AccessRequest {
  readonly readOnly?: boolean | null | undefined;
  readonly capabilities?: readonly Capability[] | null | undefined;
}

/** The capabilities of a new token; null: all. Every token may read (ViewBase), and a read-only token may only read. */
export const grantedBy = ({ readOnly, capabilities }: AccessRequest): readonly Capability[] | null => {
  if (readOnly === true) return ['ViewBase'];
  if (capabilities === undefined || capabilities === null) return null;
  return CAPABILITIES.filter((each) => each === 'ViewBase' || capabilities.includes(each));
};
