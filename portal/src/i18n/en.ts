import { common } from './en/common.ts';

/** All texts, in English. Each part of the page has its own file. */
export const en = { ...common } as const;

export type Key = keyof typeof en;
