import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';
import { ALLOWED, RETIRED } from './words.ts';

/** The words of identifiers apart from each other: `deadLetters` is read as `dead letters`. */
const inWords = (text: string): string =>
  text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();

const retiredWordsIn = (file: string, text: string): readonly string[] => {
  const words = inWords(text);
  return RETIRED.filter(({ word }) => word.test(words))
    .filter(
      ({ name }) => !ALLOWED.some((one) => one.name === name && one.file.test(file) && one.text.test(text)),
    )
    .map(({ name, say }) => `${name} (say: ${say})`);
};

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: projectDir,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(tsx?|mjs|py|md|jsonc?|ya?ml|css|html)$/.test(file))
  .filter((file) => !/(^|\/)package-lock\.json$|\/layout\/words/.test(file))
  .filter((file) => existsSync(join(projectDir, file)));

const findings = files.flatMap((file) => [
  ...retiredWordsIn(file, file).map((found) => `${file}: the file's name: ${found}`),
  ...readFileSync(join(projectDir, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => retiredWordsIn(file, line).map((found) => `${file}:${index + 1}: ${found}`)),
]);

describe('the words of the project', () => {
  it('no file uses a retired word', () => {
    expect(findings).toEqual([]);
  });

  it.each([
    ['a bare "letter"', 'const letterOf = 1', ['letter (say: dead letter, dead-lettered message)']],
    ['a dead letter', 'the deadLetters of a dead-letter queue', []],
    ['a word inside an identifier', 'hourTally', ['tally (say: hourly statistics)']],
  ])('reads %s', (_, text, found) => {
    expect(retiredWordsIn('x.ts', text)).toEqual(found);
  });
});
