import { readFileSync, readdirSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import type { Profiler } from 'node:inspector';
import { sourceMapOf } from '../../../lib/building-blocks/function-code.ts';
import { PROFILE } from './recording/folder.ts';

/** What a function's CPU goes to: shares of its samples, by cause. */
export type Shares = ReadonlyMap<string, number>;

type Frame = Profiler.ProfileNode['callFrame'];
type Rules = readonly (readonly [cause: string, match: RegExp])[];

const RECORDING = 'recording of the benchmark';
const RUNTIME = 'runtime of the emulator';

/** By the innermost function, whatever called it. */
const LEAVES: Rules = [
  ['garbage collection', /^\(garbage collector\)/],
  ['writes to sockets (the kernel)', /^write(?:Buffer|Utf8String|Latin1String|v) $/],
  ['compression', / node:zlib$/],
  ['hashes and MACs', / node:(?:internal\/)?crypto/],
];

/** By the innermost module that is one of these: what it calls is its own. */
const MODULES: Rules = [
  [RECORDING, /^test\//],
  [
    'AWS calls: signature, retries, connections',
    /^functions\/platform\/(?:aws|http)\/|^@smithy\/|^@aws-sdk\/core/,
  ],
  ['items to and from JSON', /^functions\/platform\/dynamodb\/|^@aws-sdk\/util-dynamodb/],
  ['webhook: HTTP client and signature', /^functions\/deliver\/(?:http-client|signing)\/|^ipaddr\.js/],
  ['compression', /^functions\/platform\/codec\/codec/],
  ['schemas', /^zod\/|^functions\/(?:platform\/codec|api\/(?:wire|schemas))\/|^jsonc-parser/],
  ['logs, metrics, handler', /^functions\/platform\/lambda\/|^@aws-lambda-powertools/],
  [
    'requests and responses of the API',
    /^functions\/api\/|^hono\/|^node:internal\/(?:deps\/undici|webstreams)/,
  ],
  ['flows and rows', /^functions\/|^lru-cache|^p-limit/],
  [RUNTIME, /_worker\.js$|^node:internal\/(?:readline|child_process)/],
];

/** What the event loop does for nothing of the above. */
const REST: Rules = [
  ['sockets and streams', /^node:(?:net|tls|events|internal\/(?:stream|streams|tls))/],
  ['timers', /^node:(?:internal\/)?timers/],
  ['promises and ticks', /^$|^node:internal\/(?:process|async)/],
];

const causeIn = (rules: Rules, text: string): string | undefined =>
  rules.find(([, match]) => match.test(text))?.[0];

/** Of a frame in the bundle: the file that its code is from. */
const moduleOf = ({ url, lineNumber, columnNumber }: Frame, map: SourceMap): string => {
  if (!url.endsWith('/index.js')) return url;
  const found = map.findEntry(lineNumber, columnNumber);
  return 'originalSource' in found
    ? found.originalSource.replace(/^.*node_modules\//, '').replace(/^(?:\.\.\/)+/, '')
    : 'bundle';
};

const causeOf = (stack: readonly Frame[], map: SourceMap): string => {
  const [leaf] = stack;
  const modules = stack.map((frame) => moduleOf(frame, map));
  if (modules.some((one) => one.startsWith('test/'))) return RECORDING;
  const special = leaf === undefined ? undefined : causeIn(LEAVES, `${leaf.functionName} ${leaf.url}`);
  if (special !== undefined) return special;
  for (const one of modules) {
    const cause = causeIn(MODULES, one);
    if (cause !== undefined) return cause;
  }
  return causeIn(REST, modules[0] ?? '') ?? 'V8, the system, the rest';
};

/** Samples (µs) by cause, without those of an idle process. */
export const timesByCause = (profile: Profiler.Profile, map: SourceMap): ReadonlyMap<string, number> => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const stackOf = (id: number): readonly Frame[] => {
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at);
      if (node !== undefined && node.callFrame.functionName !== '(root)') stack.push(node.callFrame);
    }
    return stack;
  };
  const times = new Map<number, number>();
  profile.samples?.forEach((id, index) =>
    times.set(id, (times.get(id) ?? 0) + (profile.timeDeltas?.[index] ?? 0)),
  );
  const causes = new Map<string, number>();
  for (const [id, time] of times) {
    const stack = stackOf(id);
    if (stack[0]?.functionName === '(idle)') continue;
    const cause = causeOf(stack, map);
    causes.set(cause, (causes.get(cause) ?? 0) + time);
  }
  return causes;
};

/** The profiles in a folder by the name of their function, as shares without what the benchmark itself does. */
export const sharesByFunction = (folder: string): ReadonlyMap<string, Shares> => {
  const files = readdirSync(folder).filter((name) => name.endsWith(PROFILE));
  const byName = Map.groupBy(files, (file) => file.slice(0, file.indexOf('.')));
  return new Map(
    [...byName].map(([name, profiles]) => {
      const map = new SourceMap(JSON.parse(sourceMapOf(name, 'bench')) as never);
      const all = new Map<string, number>();
      for (const file of profiles) {
        const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile;
        for (const [cause, time] of timesByCause(profile, map)) all.set(cause, (all.get(cause) ?? 0) + time);
      }
      all.delete(RECORDING);
      const total = [...all.values()].reduce((sum, time) => sum + time, 0);
      return [name, new Map([...all].map(([cause, time]) => [cause, time / total]))];
    }),
  );
};
