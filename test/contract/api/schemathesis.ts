import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SCHEMATHESIS = 'schemathesis==4.32.5';

/** Each run ends after its number of examples; this limit ends a run that hangs. */
const RUN_MS = 600_000;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

export interface Run {
  readonly url: string;
  readonly token: string;
  /** Generated cases for each operation in each phase. */
  readonly examples: number;
  /** `coverage` covers the bounds of every field, with thousands of cases. */
  readonly phases: string;
  /** Values of path parameters; the others are generated. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Other values of path parameters for paths with this text. */
  readonly parametersIn?: readonly {
    readonly path: string;
    readonly ids: Readonly<Record<string, string>>;
  }[];
  /** Further options of the command. */
  readonly options?: readonly string[];
}

export interface Findings {
  /** The output of the command when it found failures, each with a curl command that repeats it; otherwise null. */
  readonly findings: string | null;
  readonly cases: number;
}

const parametersOf = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);

/** A regular expression, as a string of TOML, for paths with this text. */
const patternOf = (path: string): string => JSON.stringify(path.replaceAll(/[{}]/g, String.raw`\$&`));

const configOf = ({ parameters = {}, parametersIn = [] }: Run): string =>
  [
    ...['[parameters]', ...parametersOf(parameters)],
    ...parametersIn.flatMap(({ path, ids }) => [
      ...['[[operations]]', `include-path-regex = ${patternOf(path)}`],
      `parameters = { ${parametersOf(ids).join(', ')} }`,
    ]),
    '',
  ].join('\n');

/** Runs in a new folder because the command writes files to its working directory. */
export const runSchemathesis = async (python: string, run: Run): Promise<Findings> => {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-schemathesis-'));
  try {
    await writeFile(join(folder, 'schemathesis.toml'), configOf(run));
    const options = [
      ...['-m', 'schemathesis.cli', 'run', `${run.url}/api/v1/openapi.json`],
      ...['--header', `Authorization: Bearer ${run.token}`, '--checks', CHECKS.join(',')],
      ...['--phases', run.phases, '--max-examples', String(run.examples), '--seed', '1'],
      ...['--generation-database', 'none', '--suppress-health-check', 'all', '--warnings', 'off'],
      ...['--continue-on-failure', '--no-color'],
      ...(run.options ?? []),
    ];
    const { code, text } = await execute(python, options, folder);
    const [, cases] = /(\d+) generated/.exec(text) ?? [];
    return { findings: code === 0 ? null : text, cases: Number(cases ?? 0) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const execute = (command: string, options: readonly string[], cwd: string) =>
  new Promise<{ code: number; text: string }>((resolve, reject) => {
    const limits = { cwd, timeout: RUN_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, options, limits, (error, stdout, stderr) => {
      if (error === null || typeof error.code === 'number')
        resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` });
      else reject(new Error(`${command} was killed or did not start`, { cause: error }));
    });
  });
