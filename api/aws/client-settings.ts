/**
 * How long to wait for AWS, in milliseconds, and how often to try: one call gives up after about six seconds, because a
 * person at 3 a.m. is better served by an answer that says "try again". Endpoint, region and credentials come from the
 * SDK's own variables.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 500,
    // NB. Only until the answer begins: one that stops half-way is what the next line is for.
    requestTimeout: 1_500,
    throwOnRequestTimeout: true,
    socketTimeout: 1_500,
  },
} as const;
