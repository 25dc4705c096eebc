/** What a sender uses here in place of operations that answer 501, by the beginning of their path; the first one applies. */
const ALTERNATIVES: readonly (readonly [RegExp, string])[] = [
  [
    /^\/ingest\//,
    'Posthorn does not receive the webhooks of other providers. Put what arrives onto the ingest queue or event bus ' +
      'of this stage, or publish it with POST /api/v1/app/{app_id}/msg.',
  ],
  [
    /^\/api\/v1\/(?:stream|auth\/stream)/,
    'Posthorn has no streams. Publish messages (POST /api/v1/app/{app_id}/msg, or a hundred at once under /msg/batch) ' +
      'to an application with an endpoint for each consumer; consumers in your AWS account can use rules on the event bus.',
  ],
  [
    /\/(?:poller|polling-endpoint|events|destination)(?:\/|$)/,
    'Posthorn sends to HTTP endpoints only. Use an endpoint whose receiver writes to your queue or bucket, and ' +
      'GET /api/v1/app/{app_id}/msg to list the messages that were accepted.',
  ],
  [
    /\/(?:transformation|connector)(?:\/|$)/,
    'Posthorn sends payloads unchanged. Shape the payload before you publish it, or publish one message per shape ' +
      'and select it with channels.',
  ],
  [
    /\/auto-?config(?:\/|$)/,
    'Create endpoints with POST /api/v1/app/{app_id}/endpoint, or send customers a link to the portal ' +
      '(POST /api/v1/auth/app-portal-access/{app_id}).',
  ],
  [
    /\/integration(?:\/|$)/,
    'Make a token of the application instead (POST /api/v1/auth/app-portal-access/{app_id}): it has capabilities and an ' +
      'expiry, and a session id by which it can be revoked.',
  ],
  [
    /\/oauth(?:\/|$)/,
    'Posthorn gets no OAuth tokens. Set a header of the endpoint, or let its receiver verify the signature of each webhook.',
  ],
  [
    /^\/api\/v1\/management\//,
    'Tokens of an organization are made with POST /management/v1/organization/{org_id}/token and a management token.',
  ],
];

/** The detail of a 501: that the operation is missing, and what to use in its place. */
export const notImplementedDetail = (path: string): string => {
  const instead = ALTERNATIVES.find(([pattern]) => pattern.test(path))?.[1];
  const missing = 'This operation is not implemented.';
  return instead === undefined ? missing : `${missing} ${instead}`;
};
