/** The requests that a receiver can make in the response header `webhook-delivery`. Codes are stored with the attempt. */
export const RECEIVER_REQUESTS = ['disable', 'abort-message'] as const;

/** `disable`: disable the endpoint at once. `abort-message`: no retries of this message at this endpoint. */
export type ReceiverRequest = (typeof RECEIVER_REQUESTS)[number];

/** The requests in a header value: one or several, case-insensitive. Redirects make none: a proxy may have sent them. */
export const receiverRequests = (header: string | undefined, status: number): readonly ReceiverRequest[] => {
  if (header === undefined || (status >= 300 && status <= 399)) return [];
  const asked = new Set(header.split(',').map((item) => item.trim().toLowerCase()));
  return RECEIVER_REQUESTS.filter((request) => asked.has(request));
};
