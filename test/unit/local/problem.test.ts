import { describe, expect, it } from 'vitest';
import { explain, Problem } from '../../../scripts/local/problem.ts';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('the explanation of an error', () => {
  it.each([
    [new Error('Region is missing'), 'Set AWS_REGION'],
    [
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'Sign in (aws sso login)',
    ],
    [
      named('ExpiredTokenException', 'The security token included in the request is expired'),
      'Sign in (aws sso login)',
    ],
    [
      named('ValidationError', 'Stack with id posthorn-prdo-state does not exist'),
      'Check the name of the stage',
    ],
    [named('AccessDeniedException', 'User is not authorized to perform'), 'docs/operator-permissions.md'],
    [named('AccessDenied', 'Access Denied'), 'docs/operator-permissions.md'],
  ])('of AWS says what it is and what to do: %s', (error, remedy) => {
    expect(explain(error)).toMatch(new RegExp(`^${error.name}: ${error.message}\\. `));
    expect(explain(error)).toContain(remedy);
  });

  it('is the message alone of a problem that says what to do itself', () => {
    expect(explain(new Problem('Region is missing'))).toBe('Region is missing');
  });

  it('has the cause of any other error, and no advice', () => {
    expect(explain(new Error('fetch failed', { cause: new Error('ECONNREFUSED') }))).toBe(
      'Error: fetch failed (ECONNREFUSED)',
    );
  });
});
