import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';

/** Versioned secrets: the current one signs, all verify. */
const versions = z.object({ current: z.string().min(1), previous: z.array(z.string()) });

/** The secret that signs now. Throws when the secret is missing or not in the form that the functions read. */
export const currentSecret = async (client: SecretsManagerClient, arn: string): Promise<string> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  return versions.parse(JSON.parse(SecretString ?? '')).current;
};
