import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';
import { programsIn } from '../../support/guide-programs.ts';

/** Every command of README and guides is run by a test, or named here as one that cannot be run where the tests run. */
const guides = readdirSync(join(projectDir, 'docs/guides')).map((name) => join('docs/guides', name));
const HOW_TO = ['ingest', 'localstack', 'operate', 'package'].map((name) => `docs/${name}.md`);
const pages = ['README.md', 'SECURITY.md', ...HOW_TO, ...guides];

const START = 'test/e2e/deployment/start.test.ts';
const NEEDS_AWS = 'needs an AWS account';
const NEEDS_DOCKER = 'needs Docker';
const NEEDS_TAGS = 'needs the tag of a release';

/** The first entry that a command begins with. A value is the test that runs it, or why none does. */
const RUN_BY: readonly (readonly [RegExp, string])[] = [
  [/^npm start$/, START],
  [/^npm start -- --detach$/, START],
  [/^npm stop$/, START],
  [/^npm test$/, '.ci/run'],
  [/^npm run (--silent )?token( |$)(?!.*revoke)/, START],
  [/^npm run token -- revoke/, 'test/contract/store/revoke-command.test.ts'],
  [/^npm run dlq -- (list|replay .*--dry-run)/, START],
  [/^npm run dlq -- (inspect|replay)/, 'test/drill/queues.test.ts'],
  [/^npm run reconcile -- --since 24h/, START],
  [/^npm run reconcile -- --stage prod --since .* --fix/, 'test/drill/streams.test.ts'],
  [/^npm run restore -- /, 'test/contract/restore/restore.test.ts'],
  [/^npm run wipe -- /, 'test/contract/wipe/wipe.test.ts'],
  [/^npm run package$/, 'test/infra/construct/package.test.ts'],
  [/^npm install .*posthorn-/, 'test/infra/construct/package.test.ts'],
  [/^npm run preflight -- --stage/, 'test/contract/preflight/account.test.ts'],
  [/^npm run rebuild -- --stage/, START],
  [/^npm run secrets -- rotate (jwt|main)/, 'test/e2e/deployment/rotation.test.ts'],
  [/^npm run migrate -- --from/, 'test/e2e/delivery/migrate.test.ts'],
  [/^export MIGRATE_(FROM|TO)_TOKEN=/, 'test/e2e/delivery/migrate.test.ts'],
  [/^npx cdk bootstrap/, NEEDS_AWS],
  [/^npm run release -- 1\.2\.3/, 'test/unit/release/release.test.ts'],
  [/^npx cdk (deploy|destroy|diff)/, NEEDS_AWS],
  [/^git fetch --tags/, NEEDS_TAGS],
  [/^aws (events put-events|sqs send-message) /, 'test/e2e/rules/ingest-page.test.ts'],
  [/^aws /, NEEDS_AWS],
  [/^docker compose/, NEEDS_DOCKER],
  [/^npm run test:localstack/, NEEDS_DOCKER],
  [/^export (AWS_ENDPOINT_URL|POSTHORN_RECEIVER_HOST)=/, START],
];

const NOT_RUN = new Set([NEEDS_AWS, NEEDS_DOCKER, NEEDS_TAGS]);

const commandsOf = (page: string): readonly string[] =>
  [...readFileSync(join(projectDir, page), 'utf8').matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(
    ([, block = '']) =>
      block
        .split('\n')
        .map((line) => line.replace(/\s+#.*$/, '').trim())
        .filter((line) => line !== ''),
  );

const unknown = (command: string) => !RUN_BY.some(([pattern]) => pattern.test(command));

describe('commands of README and guides', () => {
  it.each(pages)('%s: each is run by a test, or named as one that cannot be', (page) => {
    expect(commandsOf(page).filter(unknown)).toEqual([]);
  });

  it('the tests that run them exist', () => {
    const files = RUN_BY.map(([, by]) => by).filter((by) => !NOT_RUN.has(by));
    expect(files.filter((file) => !existsSync(join(projectDir, file)))).toEqual([]);
  });

  it('each entry is about a command that is in them', () => {
    const all = pages.flatMap(commandsOf);
    const unused = RUN_BY.filter(([pattern]) => !all.some((command) => pattern.test(command)));
    expect(unused.map(([pattern]) => String(pattern))).toEqual([]);
  });

  it('each program of a guide is run by a test', () => {
    const tests = [START, 'test/unit/guides/receivers.test.ts']
      .map((file) => readFileSync(join(projectDir, file), 'utf8'))
      .join('');
    const names = ['README.md', ...guides].flatMap((page) => [...programsIn(page).keys()]);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
  });
});
