import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import type { Problem } from '../lib/problem.ts';
import { Dialog } from './dialog.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface TwoStepDialogProps {
  title: string;
  /** what will happen, in full */
  children: ReactNode;
  /** the verb, as on the button that opened it */
  confirmLabel: string;
  dismissLabel?: string;
  running: boolean;
  problem: Problem | null;
  /** said below the problem: what was already done about it */
  note?: string | undefined;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** The second of two deliberate steps: restates what will happen and asks once more. Render it to open it. */
export function TwoStepDialog(props: TwoStepDialogProps) {
  const { title, children, confirmLabel, dismissLabel = 'Go back', running, problem } = props;
  const dismiss = () => {
    if (!running) props.onDismiss();
  };
  return (
    <Dialog
      title={title}
      onDismiss={dismiss}
      footer={
        <>
          <Button variant="link" disabled={running} onClick={dismiss}>
            {dismissLabel}
          </Button>
          <Button
            variant="primary"
            loading={running}
            loadingText={confirmLabel}
            onClick={() => props.onConfirm()}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="stack-close">
        {children}
        {problem && <ProblemAlert problem={problem} />}
        {problem && props.note && <div>{props.note}</div>}
      </div>
    </Dialog>
  );
}
