import { Problem } from '../local/problem.ts';

const UNRELEASED = '## Unreleased';

/** The changes since the last release. Throws a Problem if there are none. */
export const unreleased = (changelog: string): string => {
  const begin = changelog.indexOf(`${UNRELEASED}\n`);
  if (begin < 0) throw new Problem(`CHANGELOG.md has no section "${UNRELEASED}".`);
  const rest = changelog.slice(begin + UNRELEASED.length);
  const end = rest.indexOf('\n## ');
  const text = (end < 0 ? rest : rest.slice(0, end)).trim();
  if (text === '') throw new Problem(`CHANGELOG.md says nothing under "${UNRELEASED}".`);
  return text;
};

/** The changelog with those changes under the version and its day, and an empty section for the next ones. */
export const released = (changelog: string, version: string, day: string): string => {
  unreleased(changelog);
  return changelog.replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## ${version} (${day})\n`);
};

const numbers = (version: string) => version.split('.').map(Number);

/** Whether a version comes after another one. */
export const isAfter = (version: string, other: string): boolean => {
  const [left, right] = [numbers(version), numbers(other)];
  const index = left.findIndex((number, at) => number !== right[at]);
  return index >= 0 && (left[index] ?? 0) > (right[index] ?? 0);
};
