import type { RequestView } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { ReviewDue } from '../../ui/after-review.tsx';
import { PersonName } from '../../ui/person-name.tsx';

/** What a reviewer has to know of break-glass access before saying whether it was right. */
export function AfterReviewIntro({ request: { requester, approval } }: { request: RequestView }) {
  const now = useNow(1000);
  const due = approval?.reviewDue ?? null;
  const overdue = due !== null && Date.parse(due) <= now;
  return (
    <div className="stack-close wraps">
      <div>
        <PersonName person={requester} /> took this access without an approval. Read why, and below what was
        done with it; then say whether it was right.
      </div>
      {due !== null && (
        <div>
          <ReviewDue due={due} />
          {overdue && '. Until somebody reviews it, this person cannot take break-glass access again.'}
        </div>
      )}
    </div>
  );
}
