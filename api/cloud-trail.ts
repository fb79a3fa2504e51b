import { z } from 'zod';
import { parseInstant } from './domain/instant.ts';
import type { AssumeRoleSeen } from './domain/reconciliation.ts';

/**
 * AssumeRole as EventBridge hands it on from CloudTrail (IAM User Guide, "Logging IAM and AWS STS API calls with AWS
 * CloudTrail"; CloudTrail User Guide, "CloudTrail record contents"). NB. Only these fields go on: the answer's session
 * token is in such an event, and is nobody's business.
 */
const text = z.string().min(1);
const event = z.object({
  source: z.literal('aws.sts'),
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  detail: z.object({
    eventID: text,
    eventTime: z.iso.datetime(),
    eventSource: z.literal('sts.amazonaws.com'),
    eventName: z.literal('AssumeRole'),
    errorCode: text.optional(),
    userIdentity: z.object({ sessionContext: z.object({ sessionIssuer: z.object({ arn: text }) }) }),
    requestParameters: z
      .object({ roleArn: text, roleSessionName: text, sourceIdentity: text.optional() })
      .nullish(),
    responseElements: z.object({ credentials: z.object({ accessKeyId: text }) }).nullish(),
  }),
});

/** undefined: it is no such event, or not one as AWS documents it. A call that was let through says what it was for. */
export function readAssumeRole(received: unknown): AssumeRoleSeen | undefined {
  const parsed = event.safeParse(received);
  if (!parsed.success) return undefined;
  const { detail } = parsed.data;
  const { eventID, eventTime, errorCode, userIdentity, requestParameters, responseElements } = detail;
  const at = parseInstant(new Date(eventTime).toISOString());
  if (at === undefined) return undefined;
  // A refusal may hide what was asked for; whoever was let in had to say it, and was given a key.
  if (errorCode === undefined && (!requestParameters || !responseElements)) return undefined;
  return {
    eventId: eventID,
    at,
    caller: userIdentity.sessionContext.sessionIssuer.arn,
    errorCode: errorCode ?? null,
    roleArn: requestParameters?.roleArn ?? null,
    sessionName: requestParameters?.roleSessionName ?? null,
    sourceIdentity: requestParameters?.sourceIdentity ?? null,
    accessKeyId: responseElements?.credentials.accessKeyId ?? null,
  };
}
