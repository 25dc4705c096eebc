/**
 * A fault injection point between two effects. Does nothing in production; tests make it throw or crash the process, to
 * prove that a crash at any line loses nothing.
 */
export type Step = (name: string) => Promise<void>;

export const noSteps: Step = () => Promise.resolve();
