import Checkbox from '@cloudscape-design/components/checkbox';
import type { RuleView } from '../../../api/contract.ts';
import { formatDuration } from '../../lib/format.ts';

type BreakGlass = NonNullable<RuleView['breakGlass']>;

interface BreakGlassChoiceProps {
  glass: BreakGlass;
  chosen: boolean;
  onChange: (chosen: boolean) => void;
}

/** The way around the approval, marked as what it is. */
export function BreakGlassChoice({ glass, chosen, onChange }: BreakGlassChoiceProps) {
  return (
    <fieldset className={chosen ? 'break-glass break-glass-chosen' : 'break-glass'}>
      <legend>For emergencies</legend>
      <div className="stack-close">
        <Checkbox
          checked={chosen}
          onChange={({ detail }) => onChange(detail.checked)}
          description={`For at most ${formatDuration(glass.maxDurationMinutes)}, when waiting for a reviewer would do harm.`}
        >
          Break glass: take access now, without approval
        </Checkbox>
        {chosen && <BreakGlassTerms glass={glass} />}
      </div>
    </fieldset>
  );
}

/** What breaking the glass brings about, before anybody does it. */
export function BreakGlassTerms({ glass }: { glass: BreakGlass }) {
  return (
    <ul className="break-glass-terms">
      <li>Access begins at once and lasts at most {formatDuration(glass.maxDurationMinutes)}.</li>
      <li>All reviewers are told at once, with your name and your justification.</li>
      <li>
        A reviewer has to look at it within {formatDuration(glass.reviewMinutes)}, and confirms or flags it.
      </li>
      <li>Until an overdue review is done, you cannot break the glass again.</li>
    </ul>
  );
}
