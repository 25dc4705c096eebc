/**
 * Called between two effects. In production it is nothing; tests make it throw or end the process there, to prove
 * that a crash at any line loses nothing.
 */
export type Step = (name: string) => Promise<void>;

export const noSteps: Step = () => Promise.resolve();
