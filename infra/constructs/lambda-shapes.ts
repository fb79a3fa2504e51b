import type { LambdaFunction } from '../../api/env.ts';

interface Shape {
  readonly does: string;
  /** MiB; the share of a processor goes with it, 1,769 being a whole one */
  readonly memory: number;
  /** s */
  readonly timeout: number;
}

/** API Gateway waits 29 s: nothing goes on that nobody hears of. NB. `sessions` needs 20 of them, `api/actions/issue-session.ts`. */
const answering = { memory: 1024, timeout: 28 } as const;

/** How much each Lambda gets, and how long. */
export const shapes: Readonly<Record<LambdaFunction, Shape>> = {
  // Every request waits for it. It may have to fetch the provider's keys, which takes up to 5 s.
  authorizer: { does: 'Says who is calling', memory: 1024, timeout: 10 },
  requests: { does: 'Requests: asks, reads, cancels, revokes', ...answering },
  reviews: { does: 'Reviews: decides, invites', ...answering },
  sessions: { does: 'Sessions: issues them, the only one that may become target roles', ...answering },
  audit: { does: 'Audit: reads', ...answering },
  // Shorter than the two minutes for which a message or an account is claimed.
  announce: { does: 'Sends messages when they are new', memory: 512, timeout: 100 },
  enforce: {
    does: 'Ends live sessions, the only one that may become the revoker',
    memory: 512,
    timeout: 110,
  },
  // Shorter than the minute after which it runs again.
  sweep: { does: 'Records what time has decided, sends what is overdue', memory: 512, timeout: 58 },
};
