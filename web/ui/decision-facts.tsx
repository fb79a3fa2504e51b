import type { ApprovalView, RequestView } from '../../api/contract.ts';
import { AfterReview } from './after-review.tsx';
import { Fact, Written } from './fact.tsx';
import { Instant } from './instant.tsx';
import { approvalsInWords, ReviewsList } from './reviews-list.tsx';
import { hasRule } from './rule-terms.tsx';

/** What let the request through, in brief. */
export function DecisionFacts({ request: { approval } }: { request: RequestView }) {
  if (approval === null) return null;
  return (
    <>
      <Fact name="Approval">
        {how(approval)}, <Instant at={approval.at} />
      </Fact>
      {approval.kind === 'break-glass' && (
        <Fact name="Review afterwards">
          <AfterReview approval={approval} />
        </Fact>
      )}
    </>
  );
}

/** What it still needs, and who said what about it. */
export function DecisionsInFull({ request }: { request: RequestView }) {
  const { approval, reviews, approvalsNeeded, reviewerGroups, invitation } = request;
  const waits = request.status === 'pending' && hasRule(request);
  return (
    <>
      {(waits || reviews.length > 0) && (
        <Fact name="Reviews" wide>
          <div className="stack-close">
            {(waits || approvalsNeeded > 1) && <span>{approvalsInWords(request)}</span>}
            {waits && (
              <span className="quiet">
                {approvalsNeeded === 1 ? 'By a member of ' : 'By different members of '}
                {reviewerGroups.join(' or ')}
              </span>
            )}
            {reviews.length > 0 && <ReviewsList reviews={reviews} inviter={invitation?.by} />}
          </div>
        </Fact>
      )}
      <Written name="Comment of the review afterwards" text={approval?.afterReview?.comment ?? ''} />
    </>
  );
}

function how({ kind, condition }: ApprovalView): string {
  if (kind === 'reviewers') return 'By reviewers';
  return kind === 'automatic' ? `Automatically: ${condition}` : 'None: taken as break-glass';
}
