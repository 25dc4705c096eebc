import type { Stage } from '../dlq/stage.ts';
import { Problem } from '../local/problem.ts';
import type { CommandProcess } from '../local/run-command.ts';
import { begin, countOld, isUnfinished, reencrypt } from './reencrypt.ts';
import type { Commands, RotateOptions, SecretName, StageOptions, RetireOptions } from './options.ts';
import {
  checkVersion,
  nameOf,
  newVersion,
  readSecret,
  withNext,
  withNextAsCurrent,
  writeSecret,
} from './stored-secret.ts';
import type { StoredSecret } from './stored-secret.ts';

export interface CommandDeps extends Pick<CommandProcess, 'say' | 'now' | 'sleep' | 'stopped'> {
  readonly connect: (stage: string) => Promise<Stage>;
  readonly readFile: (path: string) => Promise<string>;
}

const OUTPUTS: Readonly<Record<SecretName, string>> = { jwt: 'JwtSecretArn', main: 'MainSecretArn' };
const SECRETS: readonly SecretName[] = ['jwt', 'main'];

/** Functions know a new version, and have forgotten a retired one, after a minute; with a request that was under way. */
const SETTLED_MS = 120_000;

const describe = (name: SecretName, secret: StoredSecret): string => {
  const since = secret.rotatedAt === undefined ? '' : ` since ${secret.rotatedAt}`;
  const names = (versions: readonly string[]) => versions.map(nameOf).join(', ');
  const previous = secret.previous.length === 0 ? 'none' : names(secret.previous);
  const next = secret.next === undefined ? '' : `; rotation to ${nameOf(secret.next)} has begun`;
  return `${name}: current version ${nameOf(secret.current)}${since}; previous versions: ${previous}${next}`;
};

/** The commands of `npm run secrets`. Each is safe to stop and to repeat. */
export const makeCommands = (deps: CommandDeps): Commands => {
  const { say, now, sleep, stopped } = deps;

  const tablesOf = (stage: Stage) => ({
    client: stage.dynamo,
    catalog: stage.get('CatalogTableName'),
    control: stage.get('ControlTableName'),
  });
  const jobOf = (stage: Stage, { current, previous }: StoredSecret) => ({
    ...tablesOf(stage),
    ...{ versions: [current, ...previous], version: nameOf(current), stopped, say },
  });
  const open = async (options: StageOptions, name: SecretName) => {
    const stage = await deps.connect(options.stage);
    const arn = stage.get(OUTPUTS[name]);
    return { stage, arn, secret: await readSecret(stage.secretsManager, arn) };
  };

  const wait = async (seconds: number, why: string) => {
    if (seconds === 0) return;
    say(`Waiting ${seconds} s until ${why}.`);
    await sleep(seconds * 1000);
  };

  const encryptAgain = async (stage: Stage, secret: StoredSecret): Promise<void> => {
    const failures = await reencrypt(jobOf(stage, secret));
    if (failures === false) throw new Problem('Stopped. Run the same command again to go on.');
    if (failures.length === 0) return;
    const [first] = failures;
    throw new Problem(`${failures.length} rows could not be encrypted again. The first: ${first}`);
  };

  /** Two steps, so that no function meets a version that it does not know. Resumes a rotation that has begun. */
  const rotateVersions = async (options: RotateOptions, name: SecretName) => {
    const { stage, arn, secret } = await open(options, name);
    const { secretsManager } = stage;
    let next = secret.next;
    if (next === undefined) {
      const given =
        options.keyFile === undefined ? newVersion() : (await deps.readFile(options.keyFile)).trim();
      next = checkVersion(given);
      if ([secret.current, ...secret.previous].includes(next))
        throw new Problem('The key file holds a version that the secret has already.');
      await writeSecret(secretsManager, arn, withNext(secret, next));
    }
    await wait(options.wait, `all functions know version ${nameOf(next)}`);
    const rotated = withNextAsCurrent(secret, next, now());
    if (name === 'main') await begin(jobOf(stage, rotated));
    await writeSecret(secretsManager, arn, rotated);
    return { stage, rotated };
  };

  const rotateMain = async (options: RotateOptions) => {
    const { stage, secret } = await open(options, 'main');
    if (secret.next === undefined && (await isUnfinished(jobOf(stage, secret)))) {
      say(`Resuming the rotation to version ${nameOf(secret.current)}.`);
      return encryptAgain(stage, secret);
    }
    const { rotated } = await rotateVersions(options, 'main');
    await wait(options.wait, 'no function encrypts with the previous version');
    return encryptAgain(stage, rotated);
  };

  const checkSettled = ({ rotatedAt, next }: StoredSecret, settledMs: number) => {
    if (next !== undefined) throw new Problem('A rotation has begun: run rotate again to end it first.');
    const age = rotatedAt === undefined ? Number.POSITIVE_INFINITY : now() - Date.parse(rotatedAt);
    if (age < settledMs)
      throw new Problem(
        `Functions may still use the previous version: retire it in ${Math.ceil((settledMs - age) / 1000)} s.`,
      );
  };

  const checkUnused = async (stage: Stage, { current, previous }: StoredSecret) => {
    const counts = Object.entries(await countOld(tablesOf(stage), [current, ...previous]));
    const left = counts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
    if (left.length > 0)
      throw new Problem(
        `${left.join(' and ')} are encrypted with a previous version. Run \`npm run secrets -- rotate main\` to encrypt them again.`,
      );
  };

  return {
    status: async (options) => {
      for (const name of SECRETS) {
        const { stage, secret } = await open(options, name);
        say(describe(name, secret));
        if (name === 'main' && (await isUnfinished(jobOf(stage, secret))))
          say('main: values are still encrypted with previous versions; run rotate main to go on.');
      }
    },

    rotate: async (name, options) => {
      if (name === 'main') await rotateMain(options);
      else await rotateVersions(options, name);
      const { secret } = await open(options, name);
      say(describe(name, secret));
    },

    retire: async (name: SecretName, options: RetireOptions) => {
      const { stage, arn, secret } = await open(options, name);
      if (secret.previous.length === 0) {
        say(`${name}: there is no previous version.`);
        return;
      }
      checkSettled(secret, options.force ? 0 : SETTLED_MS);
      if (name === 'main') await checkUnused(stage, secret);
      else if (!options.yes)
        throw new Problem(
          'Every token that was signed with a previous version ends within a minute. Repeat with --yes.',
        );
      const { current, rotatedAt } = secret;
      await writeSecret(stage.secretsManager, arn, {
        ...{ current, previous: [] },
        ...(rotatedAt === undefined ? {} : { rotatedAt }),
      });
      say(`${name}: retired ${secret.previous.length}; functions forget them within a minute.`);
    },
  };
};
