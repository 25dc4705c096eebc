import { common } from './de/common.ts';
import type { Key } from './en.ts';
import type { Catalogue } from './translate.ts';

export const de: Catalogue<Key> = { ...common };
