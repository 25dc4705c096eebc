/** While this file is there, calls and their units are counted, and times mean nothing: counting reads items. */
export const COUNTING = 'counting';
/** The clock of all functions, which is put ahead so that retries of hours are due at once. */
export const CLOCK = 'clock.json';
/** While this file is there, every process profiles itself; once it is gone, the next invocation writes the profile. */
export const PROFILING = 'profiling';
export const PROFILE = '.cpuprofile';
