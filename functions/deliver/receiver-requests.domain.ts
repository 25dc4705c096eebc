/** What a receiver can ask for with the response header `webhook-delivery`. Codes are stored with the attempt. */
export const RECEIVER_REQUESTS = ['disable', 'abort-message'] as const;

/** `disable`: its endpoint, at once. `abort-message`: no retries of this message at this endpoint. */
export type ReceiverRequest = (typeof RECEIVER_REQUESTS)[number];

/** What an answer asks for, in any letter case, one value or several. A redirect is not the receiver's own word. */
export const receiverRequests = (header: string | undefined, status: number): readonly ReceiverRequest[] => {
  if (header === undefined || (status >= 300 && status <= 399)) return [];
  const asked = new Set(header.split(',').map((item) => item.trim().toLowerCase()));
  return RECEIVER_REQUESTS.filter((request) => asked.has(request));
};
