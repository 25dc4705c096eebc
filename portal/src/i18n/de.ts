import { catalog } from './de/catalog.ts';
import { causes } from './de/causes.ts';
import { common } from './de/common.ts';
import { delivery } from './de/delivery.ts';
import { endpoints } from './de/endpoints.ts';
import { failures } from './de/failures.ts';
import { messages } from './de/messages.ts';
import { replays } from './de/replays.ts';
import { verify } from './de/verify.ts';
import type { Key } from './en.ts';
import type { Catalogue } from './translate.ts';

export const de: Catalogue<Key> = {
  ...causes,
  ...common,
  ...catalog,
  ...delivery,
  ...endpoints,
  ...failures,
  ...messages,
  ...replays,
  ...verify,
};
