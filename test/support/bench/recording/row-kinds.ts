/** After the sort key from which a query reads on, which is no row's own. */
const RANGE = '…';

/** Kinds of rows by their keys (functions/platform/dynamodb/keys.ts), `pk` and `sk` with a space between; the first match counts. */
const KINDS: readonly (readonly [kind: string, keys: RegExp])[] = [
  ['revision', / rev$/],
  ['settings', / settings$/],
  ['token', / tokens?$/],
  ['session', / session$/],
  ['application listing', /^o#[^#]*#apps /],
  ['uid', /^o#[^#]*#uid#| uid#/],
  ['event type', /^o#[^#]*#types /],
  ['application', /^o#[^#]*#a#[^#]* app$/],
  ['endpoint', /^o#[^#]*#a#[^#]* (?:ep|gone)#/],
  ['application with its endpoints', /^o#[^#]*#a#[^#]* /],
  ['messages, to measure a rate', /#a#[^#]*#m#\d+ .*…$/],
  ['message', /#a#[^#]*#m#\d+ /],
  ['event id', / eid$/],
  ['canceled delivery', /#m#msg_[^#]* at#[^#]*#c#/],
  ['attempt', /#m#msg_[^#]* at#/],
  ['end of a retry schedule', /#m#msg_[^#]* end#/],
  ['attempts of a message', /#m#msg_[^#]* /],
  ['attempt in the index by time', /#m#msg_[^#]*#t#\d+ /],
  ['large response', / response$/],
  ['attempt of the endpoint', /#e#[^#]*#at#\d+ /],
  ['message of the endpoint', /#e#[^#]*#m#\d+ /],
  ['hourly statistics', /#e#[^#]*#hours /],
  ['dirty hour', /^hours#\d+ /],
  ['idempotency key', / idem$/],
  ['work record', / work$/],
  ['task', /^o#[^#]*#tasks? |^o#[^#]*#task#/],
  ['duplicate', / duplicate$/],
  ['due bucket', /^due#/],
  ['health', / health$/],
  ['crowding', / crowding$/],
  ['old requests', /#old-requests /],
  ['parked delivery', /#parked#\d+ /],
  ['throttle', / throttle$/],
  ['rate limit', / rate-limit$/],
  ['progress of maintenance', /^(?:rebuild|wipe)#|^reencryption /],
  ['sweep lease', / lease$/],
  ['last failure of a record', /^failed#.* last$/],
  ['starts of a record', /^failed#.* starts$/],
  ['audit log', /^audit#/],
];

/** The kind of a row. */
export const rowKindOf = (pk: string, sk = ''): string => {
  const keys = `${pk} ${sk}`;
  const [kind] = KINDS.find(([, pattern]) => pattern.test(keys)) ?? [];
  if (kind === undefined)
    throw new Error(`The benchmark does not know the row ${keys}: add it to row-kinds.ts.`);
  return kind;
};

/** The kind of the rows that a query reads of a partition, from a sort key on. */
export const rangeKindOf = (pk: string, from = ''): string => rowKindOf(pk, `${from}${RANGE}`);
