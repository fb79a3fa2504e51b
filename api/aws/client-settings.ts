/**
 * How long to wait for AWS, in milliseconds, and how often to try: a handler has to answer before API Gateway gives up
 * after 29 s, and a person at 3 a.m. long before that. Endpoint, region and credentials come from the SDK's own variables.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
