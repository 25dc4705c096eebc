import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { asCurl } from '../../../portal/src/lib/curl.ts';

/** A `curl` that writes its arguments and its input to files. */
const folder = mkdtempSync(join(tmpdir(), 'curl-'));
writeFileSync(
  join(folder, 'curl'),
  `#!/bin/sh\nprintf '%s\\0' "$@" >"${folder}/args"\ncat >"${folder}/input"\n`,
);
chmodSync(join(folder, 'curl'), 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, shell = '/bin/sh') => {
  writeFileSync(join(folder, 'script'), command);
  execFileSync(shell, [join(folder, 'script')], {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const args = readFileSync(join(folder, 'args'), 'utf8').split('\0').slice(0, -1);
  return { args, input: readFileSync(join(folder, 'input')) };
};

const request = (
  body: string | Uint8Array,
  headers: [string, string][] = [['Content-Type', 'application/json']],
) => ({
  method: 'POST',
  url: "https://example.com/a?b=[1]&c='$(id)'",
  headers,
  body,
});

const after = (args: readonly string[], option: string) =>
  args.flatMap((arg, index) => (arg === option ? [args[index + 1]] : []));

describe('copy as curl', () => {
  it('quotes the URL and keeps its brackets', () => {
    const { args } = run(asCurl(request('{}')));
    expect(after(args, '--url')).toEqual(["https://example.com/a?b=[1]&c='$(id)'"]);
    expect(args).toContain('--globoff');
    expect(after(args, '--data-raw')).toEqual(['{}']);
  });

  it('sends the headers but those that curl sets itself, and declares no form', () => {
    const headers: [string, string][] = [
      ['Host', 'example.com'],
      ['Content-Length', '2'],
      ['webhook-id', 'msg_1'],
      ['X-Quote', `it's "$HOME" \`id\` \\`],
      ['X-Empty', ''],
      ['X-Lines', 'a\r\nInjected: b'],
    ];
    const { args } = run(asCurl(request('{}', headers)));
    expect(after(args, '-H')).toEqual([
      'webhook-id: msg_1',
      `X-Quote: it's "$HOME" \`id\` \\`,
      'X-Empty;',
      'X-Lines: a Injected: b',
      'Content-Type:',
    ]);
  });

  it.each(['/bin/sh', '/bin/bash'])('sends any text unchanged (%s)', (shell) => {
    const check = fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { args, input } = run(asCurl(request(text)), shell);
      const sent = after(args, '--data-raw')[0] ?? input.toString('utf8');
      expect(sent).toBe(text.toWellFormed());
    });
    fc.assert(check, {
      numRuns: 40,
      examples: [['@file'], ["'; exit 1 #"], ['%s\\n\u0007'], ['a\0b'], ['\r\n']],
    });
  });

  it('sends any bytes unchanged', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(new Uint8Array(run(asCurl(request(bytes))).input)).toEqual(bytes);
  });

  it('sends a body that is longer than an argument may be', () => {
    const text = 'é'.repeat(100_000);
    expect(run(asCurl(request(text))).input.toString('utf8')).toBe(text);
  });
});
