import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';

/** A versioned secret: `current` signs, `previous` ones still verify. */
const versions = z.object({ current: z.string().min(1), previous: z.array(z.string()) });

/** The secret that signs. Throws if it is missing or has another format. */
export const currentSecret = async (client: SecretsManagerClient, arn: string): Promise<string> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  return versions.parse(JSON.parse(SecretString ?? '')).current;
};
