/** Times of the worker of background tasks, in seconds. A run that went silent was ended by its timeout long before its lease. */
export const TASK_TIMEOUT_SECONDS = 30;
export const TASK_LEASE_SECONDS = 2 * TASK_TIMEOUT_SECONDS;
