import { SourceMap } from 'node:module';
import { expect, it } from 'vitest';
import { timesByCause } from '../../support/bench/causes.ts';

/** Three columns of one line of a bundle: the flow, the client of AWS calls, the recording. */
const map = new SourceMap({
  ...{ version: 3, file: 'index.js', names: [], sourceRoot: '', sourcesContent: [] },
  sources: [
    '../../functions/deliver/deliver.flow.ts',
    '../../functions/platform/aws/json-client.ts',
    '../../test/support/bench/recording/measured.ts',
    '../../node_modules/@smithy/core/dist-es/retry.js',
  ],
  mappings: 'AAAA,CCAA,CCAA,CCAA',
});

const frame = (functionName: string, url: string, columnNumber = 0) => ({
  ...{ functionName, url, columnNumber, lineNumber: 0, scriptId: '0' },
});
const bundled = (column: number) => frame('f', '/var/task/index.js', column);

/** `stacks`: from the innermost frame on, each sampled once for its time in µs. */
const profileOf = (stacks: readonly (readonly [number, ...ReturnType<typeof frame>[]])[]) => {
  const nodes: { id: number; callFrame: ReturnType<typeof frame>; children: number[] }[] = [
    { id: 1, callFrame: frame('(root)', ''), children: [] },
  ];
  const samples: number[] = [];
  for (const [, ...stack] of stacks) {
    let parent = nodes[0]!;
    for (const callFrame of stack.toReversed()) {
      const node = { id: nodes.length + 1, callFrame, children: [] };
      parent.children.push(node.id);
      nodes.push(node);
      parent = node;
    }
    samples.push(parent.id);
  }
  return { nodes, samples, timeDeltas: stacks.map(([time]) => time), startTime: 0, endTime: 1 };
};

it('counts samples by what the innermost module of ours is for, and idle ones not at all', () => {
  const times = timesByCause(
    profileOf([
      [1, frame('(idle)', '')],
      [2, frame('(garbage collector)', ''), bundled(0)],
      [4, frame('insert', 'node:internal/timers'), bundled(1), bundled(0)],
      [8, frame('push', 'node:internal/streams/readable'), frame('emit', 'node:events')],
      [16, bundled(0)],
      [32, frame('writeBuffer', ''), bundled(1)],
      [64, frame('existsSync', 'node:fs'), bundled(2), bundled(0)],
      [128, bundled(3), bundled(0)],
      [256, frame('deflateRawSync', 'node:zlib'), bundled(0)],
    ]),
    map,
  );
  expect(Object.fromEntries(times)).toEqual({
    'garbage collection': 2,
    'AWS calls: signature, retries, connections': 4 + 128,
    'sockets and streams': 8,
    'flows and rows': 16,
    'writes to sockets (the kernel)': 32,
    'recording of the benchmark': 64,
    compression: 256,
  });
});
