/** What AWS bills besides tables and function time, for all messages of a run. */
export interface Units {
  apiRequests: number;
  sqsRequests: number;
  sqsFairRequests: number;
  events: number;
  s3Puts: number;
  s3Gets: number;
  logBytes: number;
  egressBytes: number;
  storedBytes: number;
}

export const noUnits = (): Units => ({
  ...{ apiRequests: 0, sqsRequests: 0, sqsFairRequests: 0, events: 0, s3Puts: 0, s3Gets: 0 },
  ...{ logBytes: 0, egressBytes: 0, storedBytes: 0 },
});
