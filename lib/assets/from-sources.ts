/** Assets of a clone of the repository: bundled from its sources at synth. `#assets` in package.json chooses. */
export { entryCode } from '../building-blocks/function-code.ts';
export { pageFiles } from '../constructs/portal/page-files.ts';
