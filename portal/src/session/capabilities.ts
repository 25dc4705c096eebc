export const CAPABILITIES = [
  'ViewBase',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
  'ManageTransformations',
  'CreateAttempts',
  'ManageEndpoint',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** The capabilities that include each one, as the API applies them. */
const CONTAINED_IN: Readonly<Record<Capability, readonly Capability[]>> = {
  ViewBase: CAPABILITIES,
  ViewEndpointSecret: ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
  ManageEndpointSecret: ['ManageEndpointSecret', 'ManageEndpoint'],
  ManageTransformations: ['ManageTransformations'],
  CreateAttempts: ['CreateAttempts'],
  ManageEndpoint: ['ManageEndpoint'],
};

/** Whether the granted capabilities include the needed one. `granted` null: all are granted. */
export const permits = (granted: readonly Capability[] | null, needed: Capability): boolean =>
  granted === null || CONTAINED_IN[needed].some((capability) => granted.includes(capability));

/** The known capabilities of an answer; null: the answer lists none, which means all. */
export const capabilitiesOf = (value: unknown): readonly Capability[] | null =>
  Array.isArray(value) ? CAPABILITIES.filter((capability) => value.includes(capability)) : null;
