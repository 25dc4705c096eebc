import type { StageConfig } from '../../lib/config.ts';
import type { Resource, Synthesized } from './synth.ts';

/**
 * Templates as text for reviews: logical id, type, deletion policy and properties of each resource, and a line for each
 * policy statement. These properties are left out: they change with every build or other tests check them.
 */
const LEFT_OUT = [
  ...['AlarmDescription', 'Description', 'DashboardBody', 'Code', 'FunctionCode', 'Tags'],
  ...['STAGE', 'STAGE_SETTINGS', 'POWERTOOLS_METRICS_NAMESPACE'],
];

type Properties = Record<string, any>;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A value on one line, with intrinsic functions abbreviated. */
const short = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(short).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, of] = ['', undefined], ...more] = Object.entries(value) as [string, unknown][];
  if (more.length === 0 && name === 'Ref') return `\${${String(of)}}`;
  if (more.length === 0 && name === 'Fn::GetAtt') return `\${${list(of).join('.')}}`;
  if (more.length === 0 && name === 'Fn::ImportValue') return `\${import ${short(of)}}`;
  if (more.length === 0 && name === 'Fn::Join') {
    const [separator, parts] = of as [string, unknown[]];
    return parts.map(short).join(separator);
  }
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${short(each)}`)
    .join(', ')} }`;
};

const statement = (one: Properties): string =>
  [
    String(one['Effect']),
    list(one['Action']).map(String).sort().join(' '),
    ...(one['Resource'] === undefined ? [] : ['on', list(one['Resource']).map(short).sort().join(' ')]),
    ...(one['Principal'] === undefined ? [] : ['for', short(one['Principal'])]),
    ...(one['Condition'] === undefined ? [] : ['if', short(one['Condition'])]),
  ].join(' ');

const property = (name: string, value: any): string[] => {
  if (LEFT_OUT.includes(name)) return [];
  const statements = value?.Statement as Properties[] | undefined;
  if (statements !== undefined) return statements.map((one) => `${name}: ${statement(one)}`).sort();
  if (name !== 'Environment') return [`${name}: ${short(value)}`];
  const variables = value.Variables as Properties;
  return Object.entries(variables).flatMap(([variable, each]) => property(variable, each));
};

/** The lines of each resource by its heading: stack, type and logical id. */
type Text = ReadonlyMap<string, readonly string[]>;

const textOf = ({ state, service, outputs }: Synthesized, { name: stage }: StageConfig): Text => {
  const mask = (text: string) =>
    text
      .replaceAll(new RegExp(`posthorn-${stage}(?![a-z0-9])`, 'g'), 'posthorn-<stage>')
      .replaceAll(/[0-9a-f]{32,}/g, '<hash>');
  const resources = (stack: string, all: Record<string, Resource>) =>
    Object.entries(all).map(([id, { Type, DeletionPolicy, Properties }]): [string, string[]] => [
      mask(`${stack} ${Type} ${id}`),
      [
        ...(DeletionPolicy === undefined ? [] : [`DeletionPolicy: ${DeletionPolicy}`]),
        ...Object.entries(Properties as Properties)
          .flatMap(([name, value]) => property(name, value))
          .map(mask)
          .sort(),
      ],
    ]);
  return new Map([
    ...[...resources('state', state), ...resources('service', service)].sort(([a], [b]) => (a < b ? -1 : 1)),
    ['outputs', outputs.filter((name) => !name.startsWith('ExportsOutput')).sort()],
  ]);
};

const indented = (mark: string) => (line: string) => `  ${mark}${line}`;

/** The whole text of a stage shape. */
export const snapshotOf = (shape: Synthesized, config: StageConfig): string =>
  [...textOf(shape, config)]
    .flatMap(([heading, lines]) => [heading, ...lines.map(indented(''))])
    .join('\n')
    .concat('\n');

/** Resources that a shape adds to another (+), lacks (-) or changes (~). */
export const differenceOf = (
  [shape, config]: readonly [Synthesized, StageConfig],
  [base, baseConfig]: readonly [Synthesized, StageConfig],
): string => {
  const [here, there] = [textOf(shape, config), textOf(base, baseConfig)];
  const headings = [...new Set([...there.keys(), ...here.keys()])].sort();
  return headings
    .flatMap((heading) => {
      const [lines, before] = [here.get(heading), there.get(heading)];
      if (lines === undefined) return [`- ${heading}`];
      if (before === undefined) return [`+ ${heading}`, ...lines.map(indented('  '))];
      const changes = [
        ...before.filter((line) => !lines.includes(line)).map(indented('- ')),
        ...lines.filter((line) => !before.includes(line)).map(indented('+ ')),
      ];
      return changes.length === 0 ? [] : [`~ ${heading}`, ...changes];
    })
    .join('\n')
    .concat('\n');
};
