/** The three headers that a receiver verifies (Standard Webhooks), in the order in which they are sent. */
export const signedHeaderNames = (prefix: 'svix' | 'webhook') =>
  [`${prefix}-id`, `${prefix}-timestamp`, `${prefix}-signature`] as const;
