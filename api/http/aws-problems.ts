import { BrokerRefused, type RefusalReason, TargetRefused, Throttled } from '../actions/aws-refusals.ts';
import type { Problem } from './respond.ts';

/** What AWS's refusals are for whoever asked for a session: what to do, and whom to ask. */
export function awsProblem(error: unknown): Problem | undefined {
  if (error instanceof Throttled) {
    return { status: 503, code: 'aws-busy', detail: sentences.busy, retryAfterSeconds: 10 };
  }
  if (error instanceof BrokerRefused) {
    return { status: 503, code: 'broker-refused', detail: sentences.broker, retryAfterSeconds: 60 };
  }
  if (!(error instanceof TargetRefused)) return undefined;
  const { reason, contact } = error;
  const { account, role } = error.target;
  return {
    status: 502,
    code: 'target-refused',
    detail: `${refusals[reason]} Nothing was given.`,
    evidence: { account, role, reason, ...(contact !== null && { whomToAsk: contact }) },
  };
}

const sentences = {
  busy: 'AWS is busy and gives no sessions just now. Nothing was given; try again in a few seconds.',
  broker:
    'AWS does not take the credentials that Stepladder itself works with. Nothing was given; try again in a minute, and if it stays, tell the operators of Stepladder the correlation id.',
};

const refusals: Record<RefusalReason, string> = {
  'access-denied':
    'AWS does not let Stepladder use this role. Have it checked that the role exists and trusts Stepladder with its external id, source identity and session tags, and that no policy of the organisation forbids it.',
  'region-disabled':
    'AWS STS is switched off for this account in the region that Stepladder works in. Have it switched on in the account settings of IAM.',
  'policy-too-large':
    'The session policy and the tags of this session are larger than AWS takes. Have the guardrails of the rule shortened.',
  'malformed-policy':
    'AWS does not understand the session policy that Stepladder wrote. Tell the operators of Stepladder the correlation id.',
  'invalid-input':
    'AWS does not take what Stepladder asked for. Have it checked that the role allows sessions of that length; else tell the operators of Stepladder the correlation id.',
};
