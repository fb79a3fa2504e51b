import type { PersonView, RequestView, ReviewView } from '../../api/contract.ts';
import { Instant } from './instant.tsx';
import { PersonName } from './person-name.tsx';
import './reviews-list.css';

interface ReviewsListProps {
  reviews: readonly ReviewView[];
  /** whose invitation counts as an approval: the list says so */
  inviter?: PersonView | undefined;
}

/** Who approved or rejected, when, and what they said about it. */
export function ReviewsList({ reviews, inviter }: ReviewsListProps) {
  return (
    <ul className="reviews-list">
      {reviews.map(({ reviewer, decision, comment, at }) => (
        <li key={`${reviewer.id} ${at}`}>
          <strong>{decision === 'approve' ? 'Approved' : 'Rejected'}</strong> by{' '}
          <PersonName person={reviewer} />
          {inviter?.id === reviewer.id && ', with the invitation'}
          <div className="quiet small">
            <Instant at={at} />
          </div>
          {comment !== '' && <blockquote className="written">{comment}</blockquote>}
        </li>
      ))}
    </ul>
  );
}

/** How many approvals there are, of how many are needed: "1 of 2" */
export function approvalsOf({
  reviews,
  approvalsNeeded,
}: Pick<RequestView, 'reviews' | 'approvalsNeeded'>): string {
  return `${reviews.filter(({ decision }) => decision === 'approve').length} of ${approvalsNeeded}`;
}

/** The same with its word: "1 of 2 approvals" */
export function approvalsInWords(request: Pick<RequestView, 'reviews' | 'approvalsNeeded'>): string {
  return `${approvalsOf(request)} ${request.approvalsNeeded === 1 ? 'approval' : 'approvals'}`;
}
