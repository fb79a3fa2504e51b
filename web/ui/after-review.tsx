import type { ApprovalView } from '../../api/contract.ts';
import { useNow } from '../lib/clock.ts';
import { Countdown } from './countdown.tsx';
import { Instant } from './instant.tsx';
import { PersonName } from './person-name.tsx';

/** What came of the review that break-glass access needs afterwards, or by when it has to be made. */
export function AfterReview({ approval }: { approval: ApprovalView }) {
  const { afterReview, reviewDue } = approval;
  if (afterReview !== null) {
    const flagged = afterReview.decision === 'flag';
    return (
      <>
        <strong className={flagged ? 'alarm' : undefined}>{flagged ? 'Flagged' : 'Confirmed'}</strong> by{' '}
        <PersonName person={afterReview.reviewer} />, <Instant at={afterReview.at} />
      </>
    );
  }
  return reviewDue === null ? null : <ReviewDue due={reviewDue} />;
}

/** By when break-glass access has to be reviewed, and loudly where that is over. @param due RFC 3339 */
export function ReviewDue({ due }: { due: string }) {
  const now = useNow(1000);
  if (Date.parse(due) <= now) {
    return (
      <>
        <strong className="alarm">Overdue</strong> since <Instant at={due} />
      </>
    );
  }
  return (
    <>
      Due by <Instant at={due} /> (<Countdown until={due} /> left)
    </>
  );
}
