/** An error that the user can fix. Its message says how and is printed without a stack trace. */
export class Problem extends Error {
  override name = 'Problem';
}

/** What to do about errors of AWS SDKs, by their name and message: `error` the whole text. */
const REMEDIES: readonly (readonly [error: RegExp, remedy: string])[] = [
  [/^Error: Region is missing/, 'Set AWS_REGION, or AWS_PROFILE to a profile that has a region.'],
  [
    /^(CredentialsProviderError|ExpiredToken\w*|TokenRefreshRequired|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException)/,
    'Sign in (aws sso login), or set AWS_PROFILE.',
  ],
  [
    /^ValidationError: Stack .* does not exist/,
    'Check the name of the stage, AWS_REGION and the account: the stage is not deployed there.',
  ],
  [
    /^(AccessDenied\w*|NotAuthorized|UnauthorizedOperation)/,
    'docs/operator-permissions.md lists what each command needs.',
  ],
];

/** A Problem's message, or name, message and cause of any other error. */
export const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Problem) return error.message;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.name}: ${error.message}${cause}`;
};

/** The text to print for an error: what it is, and what to do about it where that is known. */
export const explain = (error: unknown): string => {
  const text = describeError(error);
  const remedy = REMEDIES.find(([pattern]) => pattern.test(text))?.[1];
  return remedy === undefined ? text : `${text}${text.endsWith('.') ? '' : '.'} ${remedy}`;
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
