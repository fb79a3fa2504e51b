import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { paths } from '../../lib/paths.ts';
import { ButtonLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

interface NoRequestsProps {
  filtered: boolean;
  /** There are older requests that were not looked at yet. */
  searching: boolean;
  /** undefined until it is known */
  eligible: boolean | undefined;
  onClear: () => void;
}

/** What stands in place of the list when it is empty, and what to do then. */
export function NoRequests({ filtered, searching, eligible, onClear }: NoRequestsProps) {
  if (filtered) {
    return (
      <EmptyState
        title={searching ? 'Nothing found so far' : 'Nothing found'}
        action={<Button onClick={() => onClear()}>Clear search and status</Button>}
      >
        {searching
          ? 'Older requests were not searched yet: load them below, or search for something else.'
          : 'None of your requests fits this search and status.'}
      </EmptyState>
    );
  }
  if (eligible === false) {
    return <NotEligible action={<ButtonLink to={paths.newRequest}>See why</ButtonLink>} />;
  }
  return (
    <EmptyState
      title="No requests yet"
      action={<ButtonLink to={paths.newRequest}>Create your first request</ButtonLink>}
    >
      Ask for a role in an account and say why. When a reviewer has approved it, you can use it until its time
      is over.
    </EmptyState>
  );
}

/** For a person whom no rule makes eligible for any role. */
export function NotEligible({ action }: { action?: ReactNode }) {
  return (
    <EmptyState title="There is nothing you may ask for yet" action={action}>
      You are eligible for no role, because no rule of the policy is about you. Ask whoever manages groups in
      your organisation to add you to the right one, then sign out and in again.
    </EmptyState>
  );
}
