import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { LONG_FILES } from './long-files.ts';

const rank = ({ moduleId }: TestSpecification): number => {
  const index = LONG_FILES.findIndex((file) => moduleId.endsWith(file));
  return index === -1 ? LONG_FILES.length : index;
};

/** Starts long files first. Vitest knows durations only from earlier runs, which a clean clone does not have. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).toSorted((one, other) => rank(one) - rank(other)),
    );
  }
}
