/**
 * How large the parts of a request may be. Bytes are of UTF-8. Lists count distinct items where repeats count once.
 * Numbers without a source are ours: they keep what a row holds well inside DynamoDB's 400 KB, and what a check of a
 * request costs below a second.
 */

/** The contract's limit of a body. */
export const BODY_BYTES = 2_097_152;
/** Items of any list, and entries of any map, that are read at all before a rule of the field's own applies. */
export const MOST_ITEMS_READ = 10_000;

/** The contract's limit of ids, uids, and names of event types, channels and flags. */
export const NAME_BYTES = 256;
/** Names of event types in a path, where the contract has no limit: what has room in a key of 1,024 bytes. */
export const PATH_NAME_BYTES = 1_000;
export const TEXT_BYTES = 65_536;
/** Of a URL as it is stored, percent-encoded. */
export const URL_BYTES = 65_536;
/** The contract's limit of metadata as JSON; its shortest entry is `"":"",`. */
export const METADATA_BYTES = 4_096;
export const MOST_METADATA = Math.floor(METADATA_BYTES / 6);
/** Longer than any date and time with nanoseconds and a zone. */
export const DATE_TIME_CHARS = 64;
/** `whsk_` with a key pair in base64 has 93 characters. */
export const SECRET_CHARS = 256;

/** Names to filter by; each that an endpoint names is looked up, a hundred a read. */
export const MOST_EVENT_TYPES = 500;
/** The contract's limits of channels. */
export const MOST_ENDPOINT_CHANNELS = 10;
export const MOST_MESSAGE_CHANNELS = 5;
/** The contract's limits of tags. */
export const MOST_MESSAGE_TAGS = 5;
export const TAG_CHARS = 128;
/** They travel in a token, and gateways take headers of about 10 KB. */
export const MOST_FEATURE_FLAGS = 100;
/** Each connection of the organization's deliveries is compared with all of them. */
export const MOST_SUBNETS = 50;
export const SUBNET_CHARS = 64;

/** Common web servers take 100 headers a request. */
export const MOST_HEADERS = 100;
/** The contract's limit of a value. */
export const HEADER_VALUE_BYTES = 4_096;
export const HEADERS_BYTES = 65_536;
