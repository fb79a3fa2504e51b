import { Duration } from 'aws-cdk-lib';
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
  watch: { does: 'Looks at who is subscribed to messages and alarms', memory: 256, timeout: 60 },
  reconcile: {
    does: 'Holds what CloudTrail tells of AssumeRole against the record',
    memory: 256,
    timeout: 30,
  },
  // Shorter than the minute after which it runs again.
  sweep: { does: 'Records what time has decided, sends what is overdue', memory: 512, timeout: 58 },
};

/** What is told once has to be tried again: after one minute, and after two more (Lambda Developer Guide, "Asynchronous invocation"). */
const toldOnce: readonly LambdaFunction[] = ['reconcile'];

/** For those that nobody waits for. Of a schedule the next run comes anyway, and looks at everything that is due. */
export function retriesOf(name: LambdaFunction) {
  const [retryAttempts, minutes] = toldOnce.includes(name) ? [2, 60] : [0, 1];
  return { retryAttempts, maxEventAge: Duration.minutes(minutes) };
}
