import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { type ReactNode, useState } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import type { Problem } from '../../lib/problem.ts';
import { fieldError } from '../../ui/evidence.ts';
import { EffectInWords } from './effect-in-words.tsx';
import { type Decision, decisionWords, type Missing, missingIn } from './review-words.ts';
import type { Decided } from './send-reviews.ts';
import { mayReview, TogetherTable } from './together-table.tsx';

interface ReviewFormProps {
  request: RequestView;
  together: readonly RequestView[];
  /** a review of break-glass access */
  afterwards: boolean;
  /** what the server said of the last attempt */
  problem: Problem | null;
  onContinue: (decided: Decided) => void;
}

const choices: Record<'before' | 'afterwards', readonly Decision[]> = {
  before: ['approve', 'reject'],
  afterwards: ['confirm', 'flag'],
};

/** The decision, its comment, and for which requests of the same form it is. */
export function ReviewForm({ request, together, afterwards, problem, onContinue }: ReviewFormProps) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const [comment, setComment] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [missing, setMissing] = useState<Missing>({});
  const optional = decision !== 'reject' && decision !== 'flag';

  const goOn = () => {
    const found = missingIn(decision, comment, afterwards);
    setMissing(found);
    if (decision === null || Object.keys(found).length > 0) return;
    const others = together.filter((other) => chosen.has(other.id) && mayReview(other));
    onContinue({ requests: [request, ...others], decision, comment: comment.trim() });
  };

  return (
    <>
      {!afterwards && together.length > 0 && (
        <TogetherTable requests={together} chosen={chosen} onChange={setChosen} />
      )}
      <FormField label="Decision" errorText={missing.decision} stretch>
        <RadioGroup
          value={decision}
          onChange={({ detail }) => {
            setDecision(choiceOf(detail.value));
            setMissing({});
          }}
          items={choices[afterwards ? 'afterwards' : 'before'].map((value) => ({
            value,
            label: decisionWords[value].label,
            description: describe(value, request),
          }))}
        />
      </FormField>
      <FormField
        label={optional ? <OptionalLabel /> : 'Comment'}
        description="The requester and auditors can read it."
        constraintText={`${comment.length} of ${limits.comment.max} characters`}
        errorText={missing.comment ?? fieldError(problem, 'comment')}
        stretch
      >
        <Textarea value={comment} rows={3} onChange={({ detail }) => setComment(detail.value)} />
      </FormField>
      <div className="row">
        <Button variant="primary" onClick={goOn}>
          Continue
        </Button>
        <span className="quiet">You confirm in the next step.</span>
      </div>
    </>
  );
}

function choiceOf(value: string): Decision | null {
  return [...choices.before, ...choices.afterwards].find((choice) => choice === value) ?? null;
}

function describe(decision: Decision, request: RequestView): ReactNode {
  switch (decision) {
    case 'approve':
      return <EffectInWords request={request} />;
    case 'reject':
      return 'The request ends. Say what would be needed.';
    case 'confirm':
      return 'It was right to take this access.';
    case 'flag':
      return 'Something was wrong with it. Say what.';
  }
}

function OptionalLabel() {
  return (
    <>
      Comment <i>- optional</i>
    </>
  );
}
