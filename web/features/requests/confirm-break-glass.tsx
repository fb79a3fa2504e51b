import type { CreateRequestBody, EligibleTargetView, RuleView } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { formatAccount, formatDuration, formatNear } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { TwoStepDialog } from '../../ui/two-step-dialog.tsx';
import { BreakGlassTerms } from './break-glass-choice.tsx';
import { RequestLinks } from './request-links.tsx';

interface ConfirmBreakGlassProps {
  target: EligibleTargetView;
  body: CreateRequestBody;
  glass: NonNullable<RuleView['breakGlass']>;
  running: boolean;
  problem: Problem | null;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** The second step: which role, where, until when, and what follows. */
export function ConfirmBreakGlass({ target, body, glass, ...dialog }: ConfirmBreakGlassProps) {
  const now = useNow(10_000);
  const until = new Date(now + body.durationMinutes * 60_000).toISOString();
  return (
    <TwoStepDialog title="Break the glass?" confirmLabel="Take access now" {...dialog}>
      <dl className="facts">
        <div>
          <dt>Role</dt>
          <dd>
            <strong>{target.role}</strong>
          </dd>
        </div>
        <div>
          <dt>Account</dt>
          <dd>
            <strong>{formatAccount(target)}</strong>
          </dd>
        </div>
        <div className="wide">
          <dt>How long</dt>
          <dd>
            <strong>{formatDuration(body.durationMinutes)}</strong>, from now until about{' '}
            {formatNear(until, now)}
          </dd>
        </div>
        <div className="wide">
          <dt>Justification</dt>
          <dd className="written">{body.justification}</dd>
        </div>
      </dl>
      <div className="break-glass break-glass-chosen">
        <BreakGlassTerms glass={glass} />
      </div>
      <RequestLinks problem={dialog.problem} />
    </TwoStepDialog>
  );
}
