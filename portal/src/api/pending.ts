/** Operations that the generated document does not list yet. */
export interface PendingPaths {
  '/api/v1/auth/one-time-token': {
    post: {
      parameters: object;
      requestBody: { content: { 'application/json': { oneTimeToken: string } } };
      responses: {
        200: {
          readonly headers: Readonly<Record<string, unknown>>;
          readonly content: { readonly 'application/json': { token: string; capabilities: string[] } };
        };
      };
    };
  };
}
