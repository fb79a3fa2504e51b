import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * How long to wait for AWS, in milliseconds, and how often to try: one call gives up after about six seconds, because a
 * person at 3 a.m. is better served by an answer that says "try again". Endpoint, region and credentials come from the
 * SDK's own variables. NB. Credentials from nowhere else: the Lambda service gives a function's role in these, and what
 * the SDK would look through without them (files, a container's or a machine's metadata) is somebody else's role.
 */
export const clientSettings = {
  credentials: fromEnv(),
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 500,
    // NB. Only until the answer begins: one that stops half-way is what the next line is for.
    requestTimeout: 1_500,
    throwOnRequestTimeout: true,
    socketTimeout: 1_500,
  },
} as const;
