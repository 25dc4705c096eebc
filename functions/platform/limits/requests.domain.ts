/**
 * Size limits of requests. Bytes are of UTF-8; in lists of distinct items, duplicates count once. Limits that are not the
 * contract's keep rows well below DynamoDB's 400 KB, and the validation of a request below a second.
 */

/** The contract's limit of a body. */
export const BODY_BYTES = 2_097_152;
/** The most items of a list, and entries of a map, that are decoded before the field's own rule applies. */
export const MOST_ITEMS_READ = 10_000;

/** The contract's limit of ids, uids, and names of event types, channels and flags. */
export const NAME_BYTES = 256;
/** Names of event types in a path, for which the contract has no limit: they must fit into a key of 1,024 bytes. */
export const PATH_NAME_BYTES = 1_000;
export const TEXT_BYTES = 65_536;
/** Bytes of a URL as stored, percent-encoded. */
export const URL_BYTES = 65_536;
/** The contract's limit of metadata as JSON; its shortest entry is `"":"",`. */
export const METADATA_BYTES = 4_096;
export const MOST_METADATA = Math.floor(METADATA_BYTES / 6);
/** Longer than any date and time with nanoseconds and a zone. */
export const DATE_TIME_CHARS = 64;
/** `whsk_` with a key pair in base64 has 93 characters. */
export const SECRET_CHARS = 256;

/** Event types of a filter. Those of an endpoint are looked up, a hundred in one read. */
export const MOST_EVENT_TYPES = 500;
/** The contract's limits of channels. */
export const MOST_ENDPOINT_CHANNELS = 10;
export const MOST_MESSAGE_CHANNELS = 5;
export const MOST_PRECHECK_CHANNELS = 10;
/** The contract's limits of tags. */
export const MOST_MESSAGE_TAGS = 5;
export const TAG_CHARS = 128;
/** Messages of one batch, which are written within the timeout of an API function. */
export const MOST_BATCH_MESSAGES = 100;
/** Messages whose contents one request erases, within the timeout of an API function. */
export const MOST_EXPUNGED_TOGETHER = 100;
/** Feature flags of a token, which must fit into a header: gateways accept about 10 KB. */
export const MOST_FEATURE_FLAGS = 100;
/** Allowed subnets, with which the SSRF guard compares every connection. */
export const MOST_SUBNETS = 50;
export const SUBNET_CHARS = 64;

/** Applications whose statistics are asked for by name: each is looked up, and their ids are stored in the task. */
export const MOST_STATISTICS_APPLICATIONS = 1_000;

/** Common web servers accept 100 headers. */
export const MOST_HEADERS = 100;
/** The contract's limit of a header value. */
export const HEADER_VALUE_BYTES = 4_096;
export const HEADERS_BYTES = 65_536;
