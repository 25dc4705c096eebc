import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, it } from 'vitest';
import { BODY_BYTES } from '../../../functions/platform/limits/requests.domain.ts';
import { snippetsFor } from '../../../portal/src/lib/snippets/snippets.ts';

const LANGUAGES = [
  'JavaScript',
  'Python',
  'Go',
  'Rust',
  'Java',
  'Kotlin',
  'Ruby',
  'PHP',
  'C#',
  'Elixir',
  'Shell',
];

describe.each(['webhook', 'svix'] as const)('verification snippets for %s-* headers', (family) => {
  const snippets = snippetsFor(family);

  it('exist in eleven languages', () => expect(snippets.map(({ language }) => language)).toEqual(LANGUAGES));

  it.each(snippets)('name the headers that are sent, and only those: $language', ({ code }) => {
    const other = family === 'webhook' ? 'svix' : 'webhook';
    for (const field of ['id', 'timestamp', 'signature']) {
      expect(code).toContain(`${family}-${field}`);
      expect(code).not.toContain(`${other}-${field}`);
    }
  });

  /** By default express.raw takes 100 kB. */
  it('take payloads of the greatest size (2 MB), where they state a limit', () => {
    const codeOf = (name: string) => snippets.find(({ language }) => language === name)?.code ?? '';
    const megabytes = [
      /express\.raw\(\{[^}]*limit: '(\d+)mb'/.exec(codeOf('JavaScript')),
      /MaxBytesReader\(w, r\.Body, (\d+)<<20\)/.exec(codeOf('Go')),
    ].map((found) => Number(found?.[1]));
    for (const limit of megabytes) expect(limit * 2 ** 20).toBeGreaterThanOrEqual(BODY_BYTES);
  });

  it.each(snippets)('take the secret from the environment: $language', ({ code }) => {
    expect(code).toContain('WEBHOOK_SECRET');
    expect(code).not.toMatch(/whsec_[A-Za-z0-9+/]{8}/);
  });
});

describe('the shell snippet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'snippet-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const at = new Date('2026-11-30T12:00:00Z');
  const body = '{"a": "é %s \\n"}';
  const run = (sent: string) => {
    const code = snippetsFor('webhook').find(({ language }) => language === 'Shell')?.code ?? '';
    const signature = `v1,AAAA ${new Webhook(secret).sign('msg_1', at, body)}`;
    const values = { id: 'msg_1', timestamp: String(at.getTime() / 1000), signature };
    const filled = Object.entries(values).reduce(
      (text, [field, value]) => text.replace(`<webhook-${field}>`, value),
      code,
    );
    writeFileSync(join(folder, 'body.json'), sent);
    writeFileSync(join(folder, 'check.sh'), filled);
    return execFileSync('/bin/sh', ['check.sh'], {
      cwd: folder,
      env: { ...process.env, WEBHOOK_SECRET: secret },
      stdio: 'pipe',
    }).toString();
  };

  it('accepts a signature of the official signer', () => expect(run(body)).toBe('The signature matches\n'));
  it('refuses another body', () => expect(() => run(`${body}\n`)).toThrow('Command failed'));
});
