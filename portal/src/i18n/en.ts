import { catalog } from './en/catalog.ts';
import { causes } from './en/causes.ts';
import { common } from './en/common.ts';
import { delivery } from './en/delivery.ts';
import { endpoints } from './en/endpoints.ts';
import { failures } from './en/failures.ts';
import { messages } from './en/messages.ts';
import { replays } from './en/replays.ts';
import { verify } from './en/verify.ts';

/** All texts, in English. Each part of the page has its own file. */
export const en = {
  ...causes,
  ...common,
  ...catalog,
  ...delivery,
  ...endpoints,
  ...failures,
  ...messages,
  ...replays,
  ...verify,
} as const;

export type Key = keyof typeof en;
