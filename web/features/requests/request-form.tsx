import Button from '@cloudscape-design/components/button';
import { type FormEvent, useRef, useState } from 'react';
import type { CreateRequestBody } from '../../../api/contract.ts';
import { serverNow } from '../../lib/clock.ts';
import { formatDuration } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { fieldError } from '../../ui/evidence.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TargetName } from '../../ui/target-name.tsx';
import { refusedFields } from './ask-check.ts';
import { AskFields } from './ask-fields.tsx';
import { BreakGlassChoice } from './break-glass-choice.tsx';
import { ConfirmBreakGlass } from './confirm-break-glass.tsx';
import { focusFirstError } from './first-error.ts';
import {
  breaksGlass,
  checkForm,
  type Draft,
  type FormErrors,
  glassOffered,
  limitsIn,
  rulesIn,
  withFittingTime,
} from './request-form-check.ts';
import { RequestLinks } from './request-links.tsx';
import { RuleBox } from './rule-box.tsx';
import { TargetFields } from './target-fields.tsx';
import './request-form.css';

interface RequestFormProps {
  /** what the form begins with */
  start: Draft;
  running: boolean;
  /** why the last attempt was refused */
  problem: Problem | null;
  onSubmit: (body: CreateRequestBody) => void;
  /** The refusal has been read. */
  onForget: () => void;
  onLeave: () => void;
}

/** Roles, duration and justification, with the limits that the server enforces. */
export function RequestForm({ start, running, problem, onSubmit, onForget, onLeave }: RequestFormProps) {
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const [confirming, setConfirming] = useState<CreateRequestBody | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const glass = glassOffered(draft);
  const breaking = breaksGlass(draft);
  const fixed = draft.extensionOf === null ? null : (draft.slots[0]?.target ?? null);
  const single = draft.slots.length === 1 ? (draft.slots[0]?.target ?? null) : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (running) return;
    const { body } = checkForm(draft, serverNow());
    setTried(body === null);
    if (body === null) return focusFirstError(form.current);
    if (!breaking) return onSubmit(body);
    onForget();
    setConfirming(body);
  };
  const put = (change: Partial<Draft>) => setDraft((before) => withFittingTime({ ...before, ...change }));
  // From the first attempt on, each mistake is shown until it is corrected.
  const found: FormErrors = tried ? checkForm(draft, serverNow()).errors : {};
  const atTargets = fieldError(problem, 'targets');
  const first = draft.slots[0];

  return (
    <>
      <form ref={form} className="panel stack" noValidate onSubmit={submit}>
        {fixed ? (
          <div className="stack-close">
            <TargetName target={fixed} />
            <RuleBox target={fixed} rule={fixed.rule} open extensionOf={draft.extensionOf} />
          </div>
        ) : (
          <TargetFields
            slots={draft.slots}
            errors={found.slots ?? (atTargets && first ? { [first.key]: atTargets } : {})}
            mayAdd={!breaking}
            onChange={(slots) => {
              setTried(false);
              put({ slots });
            }}
          />
        )}
        {glass && (
          <BreakGlassChoice
            glass={glass}
            chosen={draft.breakGlass}
            onChange={(breakGlass) => put({ breakGlass })}
          />
        )}
        <AskFields
          draft={draft}
          limits={limitsIn(draft)}
          errors={{ ...refusedFields(problem), ...found }}
          {...hintsFor(draft)}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        />
        {problem && !confirming && (
          <>
            <ProblemAlert problem={problem} />
            <RequestLinks problem={problem} />
          </>
        )}
        <div className="row">
          <Button
            variant="primary"
            formAction="submit"
            loading={running && !confirming}
            loadingText="Creating the request"
          >
            {breaking ? 'Continue' : buttonText(draft)}
          </Button>
          {breaking && <span className="quiet">You confirm in the next step.</span>}
          <Button variant="link" formAction="none" disabled={running} onClick={() => onLeave()}>
            Leave without creating
          </Button>
        </div>
      </form>
      {/* Outside of the form, which its buttons would send. */}
      {confirming && single && glass && (
        <ConfirmBreakGlass
          target={single}
          body={confirming}
          glass={glass}
          running={running}
          problem={problem}
          onConfirm={() => onSubmit(confirming)}
          onDismiss={() => setConfirming(null)}
        />
      )}
    </>
  );
}

function buttonText({ slots }: Draft): string {
  return slots.length === 1 ? 'Create request' : `Create ${slots.length} requests`;
}

/** What is said beside the fields, by what the form asks for. */
function hintsFor(draft: Draft): { durationHint: string; justificationHint: string } {
  const { longest } = limitsIn(draft);
  const rules = rulesIn(draft).length;
  const where = rules > 1 ? ', the least that one of these roles allows' : ' here';
  const most = rules === 0 ? '' : `At most ${formatDuration(longest)}${where}. `;
  const justification = 'What you will do and why it needs this role.';
  if (breaksGlass(draft)) {
    return {
      durationHint: `${most}The time starts at once.`,
      justificationHint:
        'What happened, and why it cannot wait. All reviewers read it now, and one of them judges it afterwards.',
    };
  }
  if (draft.extensionOf !== null) {
    return {
      durationHint: `${most}The time starts when the current access ends.`,
      justificationHint: 'Why longer? What is still to do. Reviewers decide by it, and it stays on record.',
    };
  }
  return {
    durationHint: `${most}The time starts at the ${draft.start === null ? 'approval' : 'chosen time, or at the approval where that comes later'}.`,
    justificationHint: `${justification} Reviewers decide by it, and it stays on record.`,
  };
}
