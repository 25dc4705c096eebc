import { Argument } from 'commander';
import type { Command } from 'commander';
import { npmCommand, stageCommand, wholeNumber } from '../local/command-line.ts';

export type SecretName = 'jwt' | 'main';

export interface StageOptions {
  readonly stage: string;
}
export interface RotateOptions extends StageOptions {
  /** Seconds between the steps of a rotation. */
  readonly wait: number;
  /** A file with the new version; absent: it is generated. */
  readonly keyFile?: string;
}
export interface RetireOptions extends StageOptions {
  readonly yes: boolean;
  /** Right after a rotation. */
  readonly force: boolean;
}

export interface Commands {
  status(options: StageOptions): Promise<void>;
  rotate(name: SecretName, options: RotateOptions): Promise<void>;
  retire(name: SecretName, options: RetireOptions): Promise<void>;
}

/** Functions read a secret again once a minute. */
const DEFAULT_WAIT = 65;

const parseWait = wholeNumber(0, 9_999, 'Expected seconds, such as 65.');

const secretArgument = () =>
  new Argument('<secret>', 'jwt signs tokens, main encrypts secrets of endpoints').choices(['jwt', 'main']);

/** `npm run secrets -- ...`. Throws commander's CommanderError, after printing the reason, instead of exiting. */
export const secretsCommand = (commands: Commands): Command => {
  const program = npmCommand(
    'npm run secrets --',
    'Shows, rotates and retires the versions of the JWT secret and the main secret of a stage.',
  );
  const sub = (name: string, description: string) => stageCommand(program, name, description);
  sub('status', 'shows the versions of both secrets, by digests').action((options: StageOptions) =>
    commands.status(options),
  );
  sub('rotate', 'makes a new version the current one; the previous ones stay valid until they are retired')
    .addArgument(secretArgument())
    .option('--key-file <path>', 'file with the new version, at least 32 bytes; generated if omitted')
    .option('--wait <seconds>', 'until all functions know what was written', parseWait, DEFAULT_WAIT)
    .action((name: SecretName, options: RotateOptions) => commands.rotate(name, options));
  sub('retire', 'forgets the previous versions; main: refused while any value is encrypted with one')
    .addArgument(secretArgument())
    .option('--yes', 'jwt: end every token that a previous version signed', false)
    .option('--force', 'also right after a rotation', false)
    .action((name: SecretName, options: RetireOptions) => commands.retire(name, options));
  return program;
};
