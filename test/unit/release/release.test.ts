import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAfter, released, unreleased } from '../../../scripts/release/changelog.ts';
import { release } from '../../../scripts/release/command.ts';
import { NOON } from '../../support/simulation/builders.ts';

const CHANGELOG =
  '# Changelog\n\n## Unreleased\n\n- Webhooks are faster.\n\n## 0.1.0 (2026-11-01)\n\n- First.\n';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A repository with one commit; npm is replaced, since it would ask for packages. */
const start = (sbom: () => string = () => '{"bomFormat":"CycloneDX"}') => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-release-'));
  folders.push(folder);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const manifest = { name: 'posthorn', version: '0.1.0' };
  const lock = { ...manifest, packages: { '': { ...manifest }, 'node_modules/x': { version: '0.1.0' } } };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG);
  writeFileSync(join(folder, '.gitignore'), '.posthorn\n');
  git('init', '--quiet');
  git('config', 'user.email', 'release@example.com');
  git('config', 'user.name', 'Release');
  git('add', '.');
  git('commit', '--quiet', '-m', 'First');
  const said: string[] = [];
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const run = (version: string, yes: boolean) =>
    release(
      {
        folder,
        read: async (file) => read(file),
        write: async (file, text) => {
          mkdirSync(dirname(join(folder, file)), { recursive: true });
          writeFileSync(join(folder, file), text);
        },
        run: async (command, args) => (command === 'git' ? git(...args) : sbom()),
        say: (text) => said.push(text),
        now: () => NOON,
      },
      { version, yes },
    );
  return { folder, git, read, run, said };
};

describe('npm run release', () => {
  it('changes nothing without --yes, and says what it would do', async () => {
    const { git, run, said } = start();
    await run('0.2.0', false);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
    expect(said.join('\n')).toContain('Webhooks are faster.');
    expect(said.at(-1)).toContain('Nothing was changed');
  });

  it('commits the version and the changelog, tags with the changes, and writes an SBOM', async () => {
    const { git, read, run } = start();
    await run('0.2.0', true);
    expect(JSON.parse(read('package.json'))).toMatchObject({ version: '0.2.0' });
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({
      version: '0.2.0',
      packages: { '': { version: '0.2.0' }, 'node_modules/x': { version: '0.1.0' } },
    });
    expect(read('CHANGELOG.md')).toContain(
      '## Unreleased\n\n## 0.2.0 (2026-11-23)\n\n- Webhooks are faster.',
    );
    expect(git('log', '-1', '--format=%s').trim()).toBe('Release 0.2.0');
    expect(git('tag', '-l', '--format=%(contents)', 'v0.2.0')).toContain('Webhooks are faster.');
    expect(read('.posthorn/posthorn-0.2.0.cdx.json')).toContain('CycloneDX');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('refuses a version that is not newer, changes that are not committed, and an empty changelog', async () => {
    const { folder, run } = start();
    await expect(run('0.1.0', true)).rejects.toThrow('does not come after 0.1.0');
    writeFileSync(join(folder, 'new.ts'), '');
    await expect(run('0.2.0', true)).rejects.toThrow('not committed');
  });
});

describe('a release that ends half-way', () => {
  it('leaves the checkout as it was if it fails before its commit', async () => {
    const { git, run } = start(() => {
      throw new Error('npm sbom failed');
    });
    await expect(run('0.2.0', true)).rejects.toThrow('npm sbom failed');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('says how to undo it if its process was ended before its commit', async () => {
    const { folder, run } = start();
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n');
    await expect(run('0.2.0', true)).rejects.toThrow(
      'git restore CHANGELOG.md package.json package-lock.json',
    );
  });

  it('says how to finish it if its process was ended before its tag', async () => {
    const { git, run } = start();
    await run('0.2.0', true);
    git('tag', '-d', 'v0.2.0');
    await expect(run('0.2.0', true)).rejects.toThrow('git tag -a v0.2.0');
  });
});

describe('the changelog', () => {
  it('must say something under Unreleased', () => {
    expect(() => unreleased('# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- First.\n')).toThrow(
      'says nothing',
    );
    expect(() => unreleased('# Changelog\n')).toThrow('no section');
    expect(() => released('# Changelog\n', '1.0.0', '2026-11-23')).toThrow('no section');
  });

  it.each([
    ['1.0.0', '0.9.9', true],
    ['0.10.0', '0.9.0', true],
    ['0.9.1', '0.9.1', false],
    ['0.9.0', '0.10.0', false],
  ])('%s comes after %s: %s', (version, other, expected) => {
    expect(isAfter(version, other)).toBe(expected);
  });
});
